using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>A virtual router (VRRPv3, RFC 9568).</summary>
public sealed record VirtualRouterConfig : ConfigSection
{
    /// <summary>The network interface that has the addresses.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Its id, 1 to 255, the same on all nodes.</summary>
    public int RouterId { get; init; }

    /// <summary>The highest of the living nodes has the addresses; 1 to 254, or 255 for their owner. Default 100.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>The addresses, all IPv4 or all IPv6, each with the length of its network's prefix. At least one.</summary>
    public ValueList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>Whether it is one of IPv6; by its first address, since all are alike.</summary>
    public bool IsIPv6 => Addresses.Count > 0 && IsOfIPv6(Addresses[0].Address);

    /// <summary>Between advertisements: 10 ms to 40,950 ms in steps of 10 ms. Default 1 s.</summary>
    public int AdvertiseMs { get; init; } = 1_000;

    /// <summary>Whether a node takes the addresses from a living one of lower priority. Default true.</summary>
    public bool Preempt { get; init; } = true;

    /// <summary>How long a node that starts, or is well again, leaves a living one of lower priority alone before it takes the addresses
    /// from it. Default 0.</summary>
    public int PreemptDelayMs { get; init; }

    /// <summary>Whether a master that does not own the addresses takes whatever is sent to them (Accept_Mode, RFC 9568 6.1); else only what
    /// this process itself serves there. Default true.</summary>
    public bool Accept { get; init; } = true;

    /// <summary>The nodes that advertisements go to, and the only ones that are heard; empty: to all by multicast.</summary>
    public ValueList<IPAddress> UnicastPeers { get; init; } = [];

    /// <summary>Where advertisements leave from; null: the interface's first address.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>A store of Redis in which the master has a lease; null: none.</summary>
    public string? Store { get; init; }

    /// <summary>What lowers the priority.</summary>
    public TrackConfig Track { get; init; } = new();

    /// <summary>How the network is told who has the addresses.</summary>
    public AnnounceConfig Announce { get; init; } = new();

    private static bool IsOfIPv6(IPAddress address) => address.GetAddressBytes().Length == 16;
}
