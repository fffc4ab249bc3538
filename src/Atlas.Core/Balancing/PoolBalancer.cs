using Atlas.Core.Configuration;

namespace Atlas.Core.Balancing;

/// <summary>A pool's choice of servers: an algorithm over the roster of the moment. Workers pick, on any thread; one caller at
/// a time refreshes.</summary>
public sealed class PoolBalancer
{
    private readonly BalancedServer[] _servers;
    private readonly RosterOptions _options;
    private readonly Rotation _rotation;
    private readonly MaglevTables _tables;
    private Balancer _current;
    private long _nextChangeMs;

    /// <summary>Makes the balancer of one configuration.</summary>
    /// <param name="algorithm">How to choose.</param>
    /// <param name="servers">The pool's servers, in its order.</param>
    /// <param name="options">The pool's rules.</param>
    /// <param name="previous">The balancer of the same pool before, whose rotation goes on; servers that it did not have
    /// start slowly. Null: the pool is new, and nobody starts slowly.</param>
    /// <param name="nowMs">The time, by any clock that never goes back.</param>
    public PoolBalancer(
        BalanceAlgorithm algorithm,
        IReadOnlyList<BalancedServer> servers,
        RosterOptions options,
        PoolBalancer? previous,
        long nowMs)
    {
        Algorithm = algorithm;
        _servers = [.. servers];
        BalancedServer.Place(_servers);
        _options = options;
        _rotation = previous?._rotation ?? new Rotation();
        _tables = new MaglevTables(_servers, previous?._tables);
        if (previous is not null)
        {
            foreach (BalancedServer server in _servers.Except(previous._servers))
            {
                server.WasUsable = false;
            }
        }

        NoteUsable(nowMs);
        var roster = Roster.Build(_servers, options, nowMs);
        _nextChangeMs = roster.NextChangeMs;
        _current = Create(roster);
    }

    /// <summary>How it chooses.</summary>
    public BalanceAlgorithm Algorithm { get; }

    /// <summary>Told after each refresh, by whoever refreshes: room may have come for those who wait.</summary>
    public Action? Refreshed { get; set; }

    /// <summary>The algorithm over the roster of the moment.</summary>
    public Balancer Current => Volatile.Read(ref _current);

    /// <summary>When <see cref="Refresh"/> has to be called though nothing happens; <see cref="long.MaxValue"/>:
    /// never.</summary>
    public long NextChangeMs => Volatile.Read(ref _nextChangeMs);

    /// <summary>Takes the servers' states as they are now. To be called after each change of one, and when
    /// <see cref="NextChangeMs"/> comes. O(servers), or what the algorithm's tables need.</summary>
    /// <returns>Whether the roster changed.</returns>
    public bool Refresh(long nowMs)
    {
        NoteUsable(nowMs);
        var roster = Roster.Build(_servers, _options, nowMs);
        Volatile.Write(ref _nextChangeMs, roster.NextChangeMs);
        bool isSame = roster.IsSameAs(_current.Roster) && !_tables.ForgetStale();
        if (!isSame)
        {
            Volatile.Write(ref _current, Create(roster));
        }

        Refreshed?.Invoke();
        return !isSame;
    }

    /// <summary>Takes what was configured of the servers, too: of some of it, such as
    /// <see cref="BalancedServer.MaxActive"/>, a roster does not tell. O(servers), or what the algorithm's tables need.</summary>
    public void Reconfigure(long nowMs)
    {
        NoteUsable(nowMs);
        var roster = Roster.Build(_servers, _options, nowMs);
        Volatile.Write(ref _nextChangeMs, roster.NextChangeMs);
        Volatile.Write(ref _current, Create(roster));
    }

    private void NoteUsable(long nowMs)
    {
        foreach (BalancedServer server in _servers)
        {
            bool isUsable = Roster.IsUsable(server);
            if (isUsable && !server.WasUsable)
            {
                server.UsableSinceMs = nowMs;
            }

            server.WasUsable = isUsable;
        }
    }

    private Balancer Create(Roster roster) => Algorithm switch
    {
        BalanceAlgorithm.RoundRobin or BalanceAlgorithm.WeightedRoundRobin => new RoundRobin(roster, _servers, _rotation),
        BalanceAlgorithm.LeastConnections => new LeastConnections(roster, _servers, _rotation),
        BalanceAlgorithm.PowerOfTwo => new PowerOfTwo(roster, _servers),
        BalanceAlgorithm.Random => new RandomChoice(roster, _servers),
        BalanceAlgorithm.First => new FirstUsable(roster, _servers),
        BalanceAlgorithm.IpHash or BalanceAlgorithm.ConsistentHash => Hash(roster),
        BalanceAlgorithm.LeastTime => new LeastTime(roster, _servers),
        _ => throw new ArgumentException($"this version does not balance by {Algorithm}"),
    };

    private ConsistentHash Hash(Roster roster)
    {
        Maglev? table = roster.Members.IsEmpty ? null : _tables.For(roster.Group);
        return new ConsistentHash(roster, _servers, table, _options.HashBoundPercent);
    }
}
