using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>A node in answers.</summary>
public sealed record DnsNodeConfig : ConfigSection
{
    /// <summary>The node's name: this node or a peer.</summary>
    public string Node { get; init; } = "";

    /// <summary>The addresses that clients get for it, IPv4 and IPv6. At least one.</summary>
    public ValueList<IPAddress> Addresses { get; init; } = [];

    /// <summary>How often it comes first, against the others; 0: only where no other node can be named. 0 to 100, default 1.</summary>
    public int Weight { get; init; } = 1;
}
