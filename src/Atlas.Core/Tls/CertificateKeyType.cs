namespace Atlas.Core.Tls;

/// <summary>What kind of key a certificate has. A name may have one certificate of each; the client's handshake says which it
/// takes.</summary>
public enum CertificateKeyType
{
    /// <summary>RSA.</summary>
    Rsa,

    /// <summary>ECDSA on P-256, P-384 or P-521.</summary>
    Ecdsa,
}
