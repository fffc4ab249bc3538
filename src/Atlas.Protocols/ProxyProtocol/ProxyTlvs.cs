using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>The TLVs of a version 2 header that mean something here, each at most once. An absent one is empty.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ProxyTlvs
{
    /// <summary>The longest <see cref="UniqueId"/> in bytes (PROXY protocol 2.2.5).</summary>
    public const int MaxUniqueId = 128;

    /// <summary>The application protocol that was negotiated (ALPN), such as <c>h2</c>.</summary>
    public Slice Alpn { get; init; }

    /// <summary>The host name that the client asked for, mostly that of TLS SNI. Not checked.</summary>
    public Slice Authority { get; init; }

    /// <summary>What the proxy calls the connection; opaque, at most <see cref="MaxUniqueId"/> bytes.</summary>
    public Slice UniqueId { get; init; }

    /// <summary>The name of the network namespace.</summary>
    public Slice NetworkNamespace { get; init; }

    /// <summary>The id of the AWS VPC endpoint that the client came through.</summary>
    public Slice VpcEndpointId { get; init; }

    /// <summary>What is known of the client's TLS connection.</summary>
    public ProxySsl Ssl { get; init; }

    /// <summary>Whether a checksum was there; it was right then.</summary>
    public bool HasChecksum { get; init; }

    /// <summary>TLVs that were skipped because their type means nothing here. NOOP is not counted.</summary>
    public int Skipped { get; init; }
}
