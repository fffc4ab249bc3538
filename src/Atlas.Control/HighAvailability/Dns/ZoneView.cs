using Atlas.Core.HighAvailability;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>The zone at a moment: what its names stand for, given which nodes live. Immutable.</summary>
internal sealed class ZoneView
{
    // Of common use by authoritative servers (RIPE-203), but nobody transfers this zone.
    private const uint RefreshSeconds = 3_600;
    private const uint RetrySeconds = 600;
    private const uint ExpireSeconds = 604_800;

    private readonly AnswerTurns[] _turns;
    private readonly bool[] _living;

    /// <summary>The zone with the nodes that live.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="isAlive">Whether the node of a name is thought to live; asked once for each.</param>
    /// <param name="serial">The version of the zone.</param>
    internal ZoneView(Zone zone, Func<string, bool> isAlive, uint serial)
    {
        Zone = zone;
        Serial = serial;
        IReadOnlyList<string> nodes = zone.Nodes;
        _living = [.. nodes.Select(isAlive)];
        var living = nodes.Where((_, i) => _living[i]).ToHashSet(StringComparer.Ordinal);
        _turns = new AnswerTurns[zone.Count * 2];
        foreach (ZoneName name in zone.Names)
        {
            for (int family = 0; family < 2; family++)
            {
                _turns[(name.Index * 2) + family] = AnswerTurns.Of(name.Nodes, family == 1, name.HasAll ? _ => true : living.Contains);
            }
        }
    }

    internal Zone Zone { get; }

    internal uint Serial { get; }

    /// <summary>The nodes that answers name, but for those about the zone's own name servers.</summary>
    internal IReadOnlyList<string> Named =>
        [.. Zone.Nodes.Where(node => Zone.Names.Any(name => !name.HasAll && (TurnsOf(name, false).Names(node) || TurnsOf(name, true).Names(node))))];

    internal DnsSoa Soa => new(Zone.NameServers[0], Zone.Mailbox, Serial, RefreshSeconds, RetrySeconds, ExpireSeconds, Zone.TtlSeconds);

    /// <summary>Whether the same nodes of the same zone live.</summary>
    internal bool IsAs(ZoneView other) => Zone == other.Zone && _living.AsSpan().SequenceEqual(other._living);

    internal AnswerTurns TurnsOf(ZoneName name, bool isIPv6) => _turns[(name.Index * 2) + (isIPv6 ? 1 : 0)];
}
