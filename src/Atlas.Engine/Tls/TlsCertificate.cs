namespace Atlas.Engine.Tls;

/// <summary>A certificate with its key, as files have them. The bytes are read while a context is built and not kept.</summary>
public sealed class TlsCertificate
{
    /// <summary>What messages call it: the path of the file, say.</summary>
    public required string Label { get; init; }

    /// <summary>The certificate in PEM, followed by those that lead from it towards its authority.</summary>
    public required byte[] ChainPem { get; init; }

    /// <summary>Its private key in PEM, not encrypted.</summary>
    public required byte[] KeyPem { get; init; }

    /// <summary>The answer of the authority's OCSP service in DER (RFC 6960), which is stapled to handshakes that ask for it; null
    /// for none.</summary>
    public byte[]? OcspResponse { get; init; }

    /// <summary>The names that it serves: "example.com", or "*.example.com" for all names with one label more. Null for the DNS
    /// names that stand in it.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}
