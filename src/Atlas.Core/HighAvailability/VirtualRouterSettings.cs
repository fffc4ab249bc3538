using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Core.HighAvailability;

/// <summary>What a <see cref="VirtualRouter"/> goes by. All times are in microseconds.</summary>
public sealed record VirtualRouterSettings
{
    /// <summary>The priority of the router that owns the addresses (RFC 9568 5.2.4).</summary>
    public const int OwnerPriority = 255;

    /// <summary>The priority as configured: 1 to 254, or 255 for the owner of the addresses. Default 100.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>Between this node's advertisements: 10 ms to 40.95 s in steps of 10 ms. Default 1 s.</summary>
    public long AdvertiseUs { get; init; } = 1_000_000;

    /// <summary>Whether it takes the addresses from a living master of lower priority. The owner always does. Default true.</summary>
    public bool Preempt { get; init; } = true;

    /// <summary>How long a node that comes back, or whose priority rises, leaves a living master of lower priority alone.</summary>
    public long PreemptDelayUs { get; init; }

    /// <summary>The address that this node sends from. It has the right family; until <see cref="VirtualRouter.ChangePrimaryAddress"/>
    /// tells the real one, it may be any.</summary>
    public required IPAddress PrimaryAddress { get; init; }

    /// <summary>The virtual router's addresses; those of other nodes are compared with them.</summary>
    public ValueList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The nodes whose advertisements count; empty: all.</summary>
    public ValueList<IPAddress> Peers { get; init; } = [];

    /// <summary>Announcements at once at a takeover, at least 1. Default 5, as in keepalived.</summary>
    public int AnnounceCount { get; init; } = 5;

    /// <summary>Between announcements, so that a burst does not overrun a switch. Default 50 ms.</summary>
    public long AnnounceSpacingUs { get; init; } = 50_000;

    /// <summary>From a takeover to the second burst, for hosts and switches that missed the first. Default 5 s, as in keepalived.</summary>
    public long AnnounceAgainUs { get; init; } = 5_000_000;

    /// <summary>Announcements in the second burst; 0: there is none. Default 5, as in keepalived.</summary>
    public int AnnounceAgainCount { get; init; } = 5;

    /// <summary>Between announcements of a master from then on; 0: none. Default 60 s; keepalived has none, so that a host which
    /// learned a wrong MAC address keeps it as long as it likes.</summary>
    public long AnnounceRefreshUs { get; init; } = 60_000_000;

    /// <summary>The settings of a configured virtual router.</summary>
    /// <param name="config">Its section.</param>
    /// <param name="primaryAddress">The address of its interface to send from.</param>
    public static VirtualRouterSettings From(VirtualRouterConfig config, IPAddress primaryAddress) => new()
    {
        Priority = config.Priority,
        AdvertiseUs = config.AdvertiseMs * 1_000L,
        Preempt = config.Preempt,
        PrimaryAddress = primaryAddress,
        Addresses = [.. config.Addresses.Select(a => a.Address)],
        Peers = config.UnicastPeers,
        PreemptDelayUs = config.PreemptDelayMs * 1_000L,
        AnnounceCount = config.Announce.Repeat,
        AnnounceAgainUs = config.Announce.AgainAfterMs * 1_000L,
        AnnounceAgainCount = config.Announce.AgainAfterMs > 0 ? config.Announce.Repeat : 0,
        AnnounceRefreshUs = config.Announce.RefreshMs * 1_000L,
    };

    /// <summary>What the priority may become while it runs: only an owner has an owner's.</summary>
    internal int MaxPriority => Priority == OwnerPriority ? OwnerPriority : OwnerPriority - 1;

    /// <summary>Throws where a value is outside its range, or addresses are of two families.</summary>
    /// <exception cref="ArgumentException">One is.</exception>
    internal void Check()
    {
        const long MaxAdvertiseUs = 4_095 * VirtualRouterTimes.CentisecondUs;
        if (Priority is < 1 or > OwnerPriority
            || AdvertiseUs is <= 0 or > MaxAdvertiseUs
            || AdvertiseUs % VirtualRouterTimes.CentisecondUs != 0)
        {
            throw new ArgumentException("The priority or the interval is outside its range.");
        }

        if (AnnounceCount < 1 || AnnounceAgainCount < 0
            || Math.Min(Math.Min(PreemptDelayUs, AnnounceSpacingUs), Math.Min(AnnounceAgainUs, AnnounceRefreshUs)) < 0)
        {
            throw new ArgumentException("A count or a time is outside its range.");
        }

        if (!Addresses.All(address => AddressKey.AreAlike(address, PrimaryAddress)) || !Peers.All(peer => AddressKey.AreAlike(peer, PrimaryAddress)))
        {
            throw new ArgumentException("All addresses have to be of the family of the primary address.");
        }
    }
}
