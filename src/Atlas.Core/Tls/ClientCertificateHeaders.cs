namespace Atlas.Core.Tls;

/// <summary>
/// The headers that tell servers of a client's certificate, on listeners with <c>client_ca</c>. What a client itself sends under these
/// names never reaches a server: <see cref="Removed"/> are taken off every request, but for those of trusted proxies at listeners
/// without <c>client_ca</c>, behind a proxy that does the same.
/// </summary>
public static class ClientCertificateHeaders
{
    /// <summary>How the check of the certificate ended: <see cref="Success"/> or <see cref="None"/>. A certificate that fails the check
    /// ends the handshake, so that no request has another value. nginx's <c>$ssl_client_verify</c> says the same.</summary>
    public const string Verify = "X-Client-Cert-Verify";

    /// <summary>The subject as a distinguished name of RFC 4514, such as <c>CN=alice,O=Example</c>, with everything but printable ASCII
    /// escaped as <c>\xx</c>. Absent without a certificate.</summary>
    public const string Subject = "X-Client-Cert-Subject";

    /// <summary>SHA-256 of the certificate's DER, 64 hexadecimal digits in lower case. Absent without a certificate.</summary>
    public const string Fingerprint = "X-Client-Cert-Fingerprint";

    /// <summary>The value of <see cref="Verify"/> for a certificate that an authority of the listener signed.</summary>
    public const string Success = "SUCCESS";

    /// <summary>The value of <see cref="Verify"/> for a client without a certificate.</summary>
    public const string None = "NONE";

    /// <summary>What is taken off requests: the headers above, and those of RFC 9440, which servers may believe, too.</summary>
    public static ReadOnlySpan<string> Removed => AllRemoved;

    private static readonly string[] AllRemoved = [Verify, Subject, Fingerprint, "Client-Cert", "Client-Cert-Chain"];
}
