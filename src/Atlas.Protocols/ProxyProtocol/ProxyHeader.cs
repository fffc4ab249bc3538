using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>What a PROXY protocol header says. Parts that are no numbers are slices of the bytes that were read.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ProxyHeader
{
    /// <summary>The bytes of the header; what follows belongs to the client.</summary>
    public int Length { get; init; }

    /// <summary>1 or 2.</summary>
    public int Version { get; init; }

    /// <summary>Whether the connection is the proxy's own, such as a health check (LOCAL, version 2).</summary>
    public bool IsLocal { get; init; }

    /// <summary>The kind of addresses; none: the socket's own addresses hold.</summary>
    public ProxyFamily Family { get; init; }

    /// <summary>How the client spoke to the proxy.</summary>
    public ProxyTransport Transport { get; init; }

    /// <summary>The client; empty unless the family is IPv4 or IPv6.</summary>
    public ProxyEndpoint Source { get; init; }

    /// <summary>What the client connected to; empty unless the family is IPv4 or IPv6.</summary>
    public ProxyEndpoint Destination { get; init; }

    /// <summary>The path of the client's unix socket, up to its first NUL; clients seldom have one.</summary>
    public Slice SourcePath { get; init; }

    /// <summary>The path of the unix socket that the client connected to, up to its first NUL.</summary>
    public Slice DestinationPath { get; init; }

    /// <summary>What else the proxy says; all empty in version 1 and without addresses.</summary>
    public ProxyTlvs Tlvs { get; init; }
}
