using System.Security.Cryptography;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Tls;

/// <summary>The certificate of a client that was not accepted, with which the client has proven nothing: anybody may have made it, or be
/// showing another's. What it says is read when it is first asked for, since most are never told of.</summary>
/// <param name="der">The certificate in DER.</param>
/// <param name="faultDer">The one that was not accepted, an issuer of it that the client sent or that is trusted; null: it itself.</param>
public sealed unsafe class TlsRefusedCertificate(byte[] der, byte[]? faultDer)
{
    /// <summary>The longest text of a subject in characters; of a longer one that is the beginning.</summary>
    public const int MaxSubjectLength = 200;

    /// <summary>SHA-256 of the certificate, as 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint => field ??= Convert.ToHexStringLower(SHA256.HashData(der));

    /// <summary>The subject as RFC 2253 writes it, all in printable ASCII with quotation marks escaped, at most
    /// <see cref="MaxSubjectLength"/> characters; empty where it cannot be read.</summary>
    public string Subject => field ??= SubjectOf(der);

    /// <summary>Whether it is an issuer that was not accepted, and not the certificate itself.</summary>
    public bool IsOfIssuer => faultDer is not null;

    /// <summary>The subject of that issuer, in the same way; empty for none.</summary>
    public string IssuerSubject => field ??= faultDer is null ? "" : SubjectOf(faultDer);

    /// <summary>That of a verification that failed just now (X509_STORE_CTX).</summary>
    internal static TlsRefusedCertificate Of(nint check)
    {
        nint fault = LibCrypto.X509_STORE_CTX_get_error_depth(check) > 0 ? LibCrypto.X509_STORE_CTX_get_current_cert(check) : 0;
        return new TlsRefusedCertificate(
            TlsPeerCertificate.DerOf(LibCrypto.X509_STORE_CTX_get0_cert(check)), fault == 0 ? null : TlsPeerCertificate.DerOf(fault));
    }

    private static string SubjectOf(byte[] der)
    {
        nint certificate;
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            certificate = LibCrypto.d2i_X509(null, &at, der.Length);
        }

        if (certificate == 0)
        {
            TlsErrors.Take();
            return "";
        }

        Span<byte> text = stackalloc byte[MaxSubjectLength];
        int length = TlsPeerCertificate.WriteSubject(certificate, text);
        LibCrypto.X509_free(certificate);
        return System.Text.Encoding.ASCII.GetString(text[..length]);
    }
}
