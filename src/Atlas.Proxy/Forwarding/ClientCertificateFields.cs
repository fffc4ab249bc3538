using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>What servers are told of the certificate that a client showed: the same for all requests of a connection.</summary>
internal sealed class ClientCertificateFields
{
    private readonly byte[] _subject;
    private readonly byte[] _fingerprint;

    /// <summary>Of a certificate that was checked.</summary>
    /// <param name="subject">Its subject in printable ASCII.</param>
    /// <param name="fingerprint">SHA-256 in hexadecimal digits.</param>
    internal ClientCertificateFields(string subject, string fingerprint)
    {
        _subject = Encoding.ASCII.GetBytes(subject);
        _fingerprint = Encoding.ASCII.GetBytes(fingerprint);
    }

    /// <summary>Of a client that showed none.</summary>
    internal static ClientCertificateFields None { get; } = new("", "");

    /// <summary>Writes the fields, but for those that the route drops.</summary>
    internal void Write(ref HeadWriter writer, HeaderRules rules)
    {
        bool isShown = _fingerprint.Length > 0;
        WriteUnless(rules, ref writer, KnownHeader.XClientCertVerify, isShown ? "SUCCESS"u8 : "NONE"u8);
        if (isShown)
        {
            WriteUnless(rules, ref writer, KnownHeader.XClientCertSubject, _subject);
            WriteUnless(rules, ref writer, KnownHeader.XClientCertFingerprint, _fingerprint);
        }
    }

    private static void WriteUnless(HeaderRules rules, ref HeadWriter writer, KnownHeader name, scoped ReadOnlySpan<byte> value)
    {
        if (!rules.Drop(name))
        {
            writer.Field(name.LowerName(), value);
        }
    }
}
