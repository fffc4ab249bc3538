using System.Collections.Concurrent;
using System.Text;
using Atlas.Engine.Tls;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Connections;

/// <summary>What a handshake agreed on, as the bytes that access logs write: made once for a connection.</summary>
/// <param name="tls">The stream that came of the handshake.</param>
/// <param name="asksForCertificates">Whether clients are asked for certificates.</param>
internal sealed class TlsFacts(TlsStream tls, bool asksForCertificates)
{
    // Names of ciphers and protocols are few: those that OpenSSL knows, and those that configurations list.
    private static readonly ConcurrentDictionary<string, byte[]> Names = new(StringComparer.Ordinal);

    private readonly byte[] _cipher = BytesOf(tls.CipherName);
    private readonly byte[] _protocol = BytesOf(tls.Alpn);
    private readonly byte[] _serverName = Encoding.ASCII.GetBytes(tls.ServerName);
    private readonly byte[] _subject = Encoding.ASCII.GetBytes(tls.ClientCertificate?.Subject ?? "");

    /// <summary>The same as a part of a record.</summary>
    internal TlsRecord ToRecord() => new()
    {
        Version = tls.Version == TlsVersion.Tls13 ? "TLSv1.3"u8 : "TLSv1.2"u8,
        Cipher = _cipher,
        ServerName = _serverName,
        Protocol = _protocol,
        IsResumed = tls.IsResumed,
        ClientVerify = tls.ClientCertificate is not null ? "SUCCESS"u8 : asksForCertificates ? "NONE"u8 : default,
        ClientSubject = _subject,
    };

    private static byte[] BytesOf(string name) => Names.GetOrAdd(name, static name => Encoding.ASCII.GetBytes(name));
}
