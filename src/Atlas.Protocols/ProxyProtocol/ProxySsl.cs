using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>The TLV on the client's TLS connection to the proxy (PROXY protocol 2.2.6).</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ProxySsl
{
    /// <summary>The bit of <see cref="ClientFlags"/> that says that the client spoke TLS.</summary>
    public const byte OverTls = 1;

    /// <summary>The bit that says that the client showed a certificate on this connection.</summary>
    public const byte CertificateOnConnection = 2;

    /// <summary>The bit that says that the client showed a certificate at least once in the TLS session.</summary>
    public const byte CertificateInSession = 4;

    /// <summary>Whether the TLV was there.</summary>
    public bool IsPresent { get; init; }

    /// <summary>The bits above; others mean nothing.</summary>
    public byte ClientFlags { get; init; }

    /// <summary>0 if the client showed a certificate and it was found good, else any other number.</summary>
    public uint Verify { get; init; }

    /// <summary>The TLS version, such as <c>TLSv1.3</c>.</summary>
    public Slice Version { get; init; }

    /// <summary>The common name of the client's certificate, in UTF-8. Not checked.</summary>
    public Slice CommonName { get; init; }

    /// <summary>The cipher, such as <c>TLS_AES_128_GCM_SHA256</c>.</summary>
    public Slice Cipher { get; init; }

    /// <summary>The algorithm that signed the proxy's certificate, such as <c>SHA256</c>.</summary>
    public Slice SignatureAlgorithm { get; init; }

    /// <summary>The algorithm of the key of the proxy's certificate, such as <c>RSA2048</c>.</summary>
    public Slice KeyAlgorithm { get; init; }
}
