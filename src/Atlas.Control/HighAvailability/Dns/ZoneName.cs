using Atlas.Core.Configuration;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>A name that the zone has; one without nodes is there because names below it are (RFC 8020).</summary>
/// <param name="index">Its number in the zone.</param>
/// <param name="nodes">The nodes that it stands for.</param>
/// <param name="ttlSeconds">How long its addresses may be remembered.</param>
/// <param name="hasAll">Whether it stands for nodes that do not live, too.</param>
internal sealed class ZoneName(int index, IReadOnlyList<DnsNodeConfig> nodes, uint ttlSeconds, bool hasAll)
{
    private long _turnsIPv4;
    private long _turnsIPv6;

    internal int Index { get; } = index;

    internal IReadOnlyList<DnsNodeConfig> Nodes { get; } = nodes;

    internal uint TtlSeconds { get; } = ttlSeconds;

    internal bool HasAll { get; } = hasAll;

    /// <summary>The turn of a question for its addresses. Families count by themselves: clients ask for both in turns.</summary>
    internal ulong NextTurn(bool isIPv6) =>
        unchecked((ulong)Interlocked.Increment(ref isIPv6 ? ref _turnsIPv6 : ref _turnsIPv4) - 1);
}
