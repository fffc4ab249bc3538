using System.Globalization;
using Atlas.Core.Balancing;

namespace Atlas.Control.Pools;

/// <summary>What a <see cref="PoolWatch"/> knows of a pool, under its lock.</summary>
internal sealed class PoolEntry(string name)
{
    // All is well until it is not.
    private RosterGroup _told = RosterGroup.Primary;
    private IReadOnlyList<BalancedServer> _servers = [];
    private PoolBalancer? _balancer;

    internal string Name { get; } = name;

    internal long NextChangeMs => _balancer!.NextChangeMs;

    private string LeftOut => _balancer!.Current.Roster.UnreachableCount switch
    {
        0 => "",
        1 => "; 1 that does not answer its checks stays out",
        int many => string.Create(CultureInfo.InvariantCulture, $"; {many} that do not answer their checks stay out"),
    };

    /// <summary>Goes on with the balancer of a new configuration, whose servers were configured by it.</summary>
    internal void Take(PoolBalancer balancer, IReadOnlyList<BalancedServer> servers, long nowMs)
    {
        _balancer = balancer;
        _servers = servers;
        balancer.Reconfigure(nowMs);
    }

    /// <summary>Has the balancer take the servers' states.</summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="changed">Told when that changed its roster.</param>
    /// <returns>What there is to tell of the pool as a whole; null: nothing.</returns>
    internal (PoolChangeKind Kind, string Text)? Refresh(long nowMs, Action changed)
    {
        if (_balancer!.Refresh(nowMs))
        {
            changed();
        }

        RosterGroup group = _balancer.Current.Roster.Group;
        if (group == _told)
        {
            return null;
        }

        _told = group;
        string usable = $"{_servers.Count(Roster.IsUsable)} of {_servers.Count} servers are usable";
        return group switch
        {
            RosterGroup.Primary => (PoolChangeKind.Usable, $"in order again: {usable}"),
            RosterGroup.Backup => (PoolChangeKind.Backup, $"its backups serve: {usable}"),
            RosterGroup.Panic => (PoolChangeKind.Panic, $"panic, health is ignored: {usable}{LeftOut}"),
            RosterGroup.None when _servers.Count > 0 && _servers.All(server => server.Weight == 0) =>
                (PoolChangeKind.Unusable, "no server has a weight: clients are turned away (NH)"),
            RosterGroup.None => (PoolChangeKind.Unusable, "no server is usable"),
            _ => throw new InvalidOperationException("unknown group"),
        };
    }
}
