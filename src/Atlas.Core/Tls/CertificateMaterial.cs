using Atlas.Core.Configuration;

namespace Atlas.Core.Tls;

/// <summary>A certificate chain with its private key, read and checked: the key belongs to the first certificate. Immutable, and equal
/// to another one of the same bytes.</summary>
public sealed record CertificateMaterial
{
    /// <summary>The chain as PEM, the own certificate first, and nothing else.</summary>
    public required ValueList<byte> ChainPem { get; init; }

    /// <summary>The private key as PEM, PKCS#8 without a passphrase. Secret.</summary>
    public required ValueList<byte> KeyPem { get; init; }

    /// <summary>The authority's response that the certificate is good (OCSP, RFC 6960), as DER; null: there is none that could be
    /// sent.</summary>
    public ValueList<byte>? OcspDer { get; init; }

    /// <summary>The names that it is for, in lower case: hosts, <c>*.</c> before one for any single label, and addresses as
    /// <c>IPAddress.ToString</c> has them. From <c>subjectAltName</c> alone (RFC 9525 2).</summary>
    public required ValueList<string> Names { get; init; }

    /// <summary>What kind of key it has.</summary>
    public required CertificateKeyType KeyType { get; init; }

    /// <summary>SHA-256 of the own certificate, 64 hexadecimal digits in lower case.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>From when on it is valid, in seconds since 1970 (UTC).</summary>
    public required long NotBeforeUnixSeconds { get; init; }

    /// <summary>Until when it is valid, in seconds since 1970 (UTC).</summary>
    public required long NotAfterUnixSeconds { get; init; }

    /// <summary>Whom it is for, as a distinguished name.</summary>
    public required string Subject { get; init; }

    /// <summary>Who signed it, as a distinguished name.</summary>
    public required string Issuer { get; init; }

    /// <summary>What people call it: its first name, or its subject.</summary>
    public string Title => Names.Count > 0 ? Names[0] : Subject;

    /// <summary>Its title and fingerprint; the key is no part of it.</summary>
    public override string ToString() => $"{Title} ({Fingerprint})";
}
