using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Running.HighAvailability;

/// <summary>How a virtual router is. Immutable but for its counters; read on any thread.</summary>
internal sealed record VirtualRouterStatus
{
    /// <summary>What the file says of it.</summary>
    public required VirtualRouterConfig Config { get; init; }

    /// <summary>Its state.</summary>
    public required VirtualRouterState State { get; init; }

    /// <summary>The priority that counts now.</summary>
    public required int Priority { get; init; }

    /// <summary>What lowers it; empty: nothing.</summary>
    public required string Lowered { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why, in words; empty before it was started.</summary>
    public required string Reason { get; init; }

    /// <summary>The address that the last advertisement of another node came from; null: none was heard.</summary>
    public required IPAddress? HeardFrom { get; init; }

    /// <summary>The priority in it.</summary>
    public required int HeardPriority { get; init; }

    /// <summary>What is missing on the interface; null: nothing.</summary>
    public required string? Missing { get; init; }

    /// <summary>What the store last said of its lease, in words; null: nothing, or there is no store.</summary>
    public required string? Lease { get; init; }

    /// <summary>Who uses the id in another way, in words; null: nobody that was heard.</summary>
    public required string? Conflict { get; init; }

    /// <summary>What was counted.</summary>
    public required VirtualRouterCounters Counters { get; init; }

    /// <summary>Packets of the protocol that were refused for what is in them.</summary>
    public required long Malformed { get; init; }

    /// <summary>Advertisements that were refused because they were sent to another address of this node.</summary>
    public required long Misdirected { get; init; }

    /// <summary>How lines and events call it: <c>eth0/51</c>.</summary>
    public string Name => NameOf(Config);

    /// <summary>How lines and events call one: <c>eth0/51</c>, over IPv6 <c>eth0/51 (IPv6)</c>.</summary>
    internal static string NameOf(VirtualRouterConfig config) =>
        $"{config.Interface}/{config.RouterId}{(config.IsIPv6 ? " (IPv6)" : "")}";
}
