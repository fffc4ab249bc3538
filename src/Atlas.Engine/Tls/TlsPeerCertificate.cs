using System.Security.Cryptography;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>The certificate that a client showed, and that was accepted: it came from one of the authorities, was valid at the time and
/// meant for clients; in a resumed session it is that of the first one.</summary>
public sealed unsafe class TlsPeerCertificate
{
    /// <summary>The longest subject in characters.</summary>
    public const int MaxSubjectLength = 2048;

    /// <summary>The longest common name in bytes of UTF-8: twice the letters that X.520 allows (ub-common-name).</summary>
    public const int MaxCommonNameBytes = 128;

    /// <summary>The longest text of a certificate in PEM, in characters: what still fits into the head of a request.</summary>
    public const int MaxPemLength = 12 * 1024;

    private readonly byte[] _der;
    private string? _pem;

    private TlsPeerCertificate(string subject, string commonName, byte[] der)
    {
        Subject = subject;
        CommonName = commonName;
        _der = der;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(der));
    }

    /// <summary>The subject as RFC 2253 writes it ("CN=client,O=Example"), all in printable ASCII; empty where it is longer than
    /// <see cref="MaxSubjectLength"/>.</summary>
    public string Subject { get; }

    /// <summary>The last common name of the subject, at most <see cref="MaxCommonNameBytes"/> bytes in UTF-8; empty where there is none
    /// or it is longer.</summary>
    public string CommonName { get; }

    /// <summary>SHA-256 of the certificate, as 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>The certificate in PEM, lines and all; empty where it is longer than <see cref="MaxPemLength"/>. Made when it is first
    /// asked for.</summary>
    public string Pem => _pem ??= PemOf(_der);

    /// <summary>The certificate of a session; null for none.</summary>
    internal static TlsPeerCertificate? Of(nint ssl)
    {
        nint certificate = LibSsl.SSL_get1_peer_certificate(ssl);
        if (certificate == 0)
        {
            return null;
        }

        var result = new TlsPeerCertificate(SubjectOf(certificate), CommonNameOf(certificate), DerOf(certificate));
        LibCrypto.X509_free(certificate);
        return result;
    }

    /// <summary>Writes the subject of a certificate of OpenSSL as RFC 2253 has it, in printable ASCII.</summary>
    /// <returns>How many bytes were written: no more than there is room for; 0 on failure.</returns>
    internal static int WriteSubject(nint certificate, Span<byte> text)
    {
        nint bio = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        if (bio == 0 || LibCrypto.X509_NAME_print_ex(bio, LibCrypto.X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0)
        {
            TlsErrors.Take();
            LibCrypto.BIO_free(bio);
            return 0;
        }

        int length;
        fixed (byte* bytes = text)
        {
            length = LibCrypto.BIO_read(bio, bytes, text.Length);
        }

        LibCrypto.BIO_free(bio);
        return Math.Max(length, 0);
    }

    /// <summary>A certificate of OpenSSL in DER; empty on failure.</summary>
    internal static byte[] DerOf(nint certificate)
    {
        int length = LibCrypto.i2d_X509(certificate, null);
        byte[] der = new byte[Math.Max(length, 0)];
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            if (length > 0 && LibCrypto.i2d_X509(certificate, &at) != length)
            {
                TlsErrors.Take();
                return [];
            }
        }

        return der;
    }

    private static string PemOf(byte[] der) =>
        PemEncoding.GetEncodedSize("CERTIFICATE".Length, der.Length) <= MaxPemLength ? PemEncoding.WriteString("CERTIFICATE", der) : "";

    private static string CommonNameOf(nint certificate)
    {
        nint name = LibCrypto.X509_get_subject_name(certificate);
        int last = -1;
        for (int next; (next = LibCrypto.X509_NAME_get_index_by_NID(name, NID_commonName, last)) >= 0;)
        {
            last = next;
        }

        if (last < 0)
        {
            return "";
        }

        byte* text = null;
        nint value = LibCrypto.X509_NAME_ENTRY_get_data(LibCrypto.X509_NAME_get_entry(name, last));
        int length = LibCrypto.ASN1_STRING_to_UTF8(&text, value);
        if (length < 0)
        {
            TlsErrors.Take();
            return "";
        }

        string result = length <= MaxCommonNameBytes ? System.Text.Encoding.UTF8.GetString(text, length) : "";
        LibCrypto.CRYPTO_free(text, null, 0);
        return result;
    }

    private static string SubjectOf(nint certificate)
    {
        Span<byte> text = stackalloc byte[MaxSubjectLength + 1];
        int length = WriteSubject(certificate, text);
        return length <= MaxSubjectLength ? System.Text.Encoding.ASCII.GetString(text[..length]) : "";
    }
}
