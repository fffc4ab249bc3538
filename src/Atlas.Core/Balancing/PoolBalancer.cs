using Atlas.Core.Configuration;

namespace Atlas.Core.Balancing;

/// <summary>A pool's choice of servers: an algorithm over the roster of the moment. Workers pick, on any thread; one caller at
/// a time refreshes.</summary>
public sealed class PoolBalancer
{
    private readonly BalanceAlgorithm _algorithm;
    private readonly BalancedServer[] _servers;
    private readonly RosterOptions _options;
    private readonly Rotation _rotation;
    private Balancer _current;

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
        _algorithm = algorithm;
        _servers = [.. servers];
        _options = options;
        _rotation = previous?._rotation ?? new Rotation();
        if (previous is not null)
        {
            foreach (BalancedServer server in _servers.Except(previous._servers))
            {
                server.WasUsable = false;
            }
        }

        NoteUsable(nowMs);
        _current = Create(Roster.Build(_servers, options, nowMs));
    }

    /// <summary>Told after each refresh, by whoever refreshes: room may have come for those who wait.</summary>
    public Action? Refreshed { get; set; }

    /// <summary>The algorithm over the roster of the moment.</summary>
    public Balancer Current => Volatile.Read(ref _current);

    /// <summary>Takes the servers' states as they are now. To be called after each change of one, and when
    /// <see cref="Roster.NextChangeMs"/> comes. O(servers), or what the algorithm's tables need.</summary>
    /// <returns>Whether the roster changed.</returns>
    public bool Refresh(long nowMs)
    {
        NoteUsable(nowMs);
        var roster = Roster.Build(_servers, _options, nowMs);
        bool isSame = roster.IsSameAs(_current.Roster) && roster.NextChangeMs == _current.Roster.NextChangeMs;
        if (!isSame)
        {
            Volatile.Write(ref _current, Create(roster));
        }

        Refreshed?.Invoke();
        return !isSame;
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

    private Balancer Create(Roster roster) => _algorithm switch
    {
        BalanceAlgorithm.RoundRobin => new RoundRobin(roster, _servers, _rotation),
        _ => throw new ArgumentException($"this version does not balance by {_algorithm}"),
    };
}
