using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Core.Balancing;

/// <summary>
/// A server as balancing sees it: what is asked and found of it, and how busy it is. One object for the life of the server,
/// across reloads, shared by all workers. Every member is a single number that any thread may read; the counters may be
/// changed by any thread, the rest by one caller at a time, who then refreshes the pool's <see cref="PoolBalancer"/>.
/// </summary>
public sealed class BalancedServer(string name)
{
    // What a failure counts as: longer than nearly all answers take.
    private const long FailureUs = 10_000_000;

    private LoadCells _cells = new(1);
    private int _cell;
    private bool _isPlaced;
    private int _admin;
    private int _down;
    private int _unreachable;
    private int _ejected;
    private int _backup;
    private int _weight = 1;
    private int _configuredWeight = 1;
    private int _maxActive = int.MaxValue;
    private int _forwarded;
    private LatencyEstimate _latency;

    /// <summary>Its name, unique in its pool. Hashing goes by it, so that all nodes agree.</summary>
    public string Name { get; } = name;

    /// <summary>The hash of its name.</summary>
    internal ulong NameHash { get; } = KeyHash.OfName(name);

    /// <summary>What the operator asked of it.</summary>
    public AdminState Admin
    {
        get => (AdminState)Volatile.Read(ref _admin);
        set => Volatile.Write(ref _admin, (int)value);
    }

    /// <summary>Whether active checks let it take requests; true while nothing is known.</summary>
    public bool IsUp
    {
        get => Volatile.Read(ref _down) == 0;
        set => Volatile.Write(ref _down, value ? 0 : 1);
    }

    /// <summary>Whether its last active check got no answer: no connection, or silence. Of weight in panic only, while it is not
    /// <see cref="IsUp"/>.</summary>
    public bool IsUnreachable
    {
        get => Volatile.Read(ref _unreachable) != 0;
        set => Volatile.Write(ref _unreachable, value ? 1 : 0);
    }

    /// <summary>Whether it failed so many real requests that it is left out for a while.</summary>
    public bool IsEjected
    {
        get => Volatile.Read(ref _ejected) != 0;
        set => Volatile.Write(ref _ejected, value ? 1 : 0);
    }

    /// <summary>Its share against the others, 0 to 65,535; 0: no new requests.</summary>
    public int Weight
    {
        get => Volatile.Read(ref _weight);
        set => Volatile.Write(ref _weight, value);
    }

    /// <summary>Whether its weight is not the file's: an operator asked for another.</summary>
    public bool IsWeightOrdered => Weight != Volatile.Read(ref _configuredWeight);

    /// <summary>Whether it is used only while no other server of the pool is usable.</summary>
    public bool IsBackup => Volatile.Read(ref _backup) != 0;

    /// <summary>Requests that it may have under way at once; <see cref="int.MaxValue"/>: any number.</summary>
    public int MaxActive => Volatile.Read(ref _maxActive);

    /// <summary>Requests or connections under way, over all workers.</summary>
    public int Active => Volatile.Read(ref ActiveCell);

    /// <summary>Requests that wait for this server and no other.</summary>
    public int Queued => Volatile.Read(ref QueuedCell);

    /// <summary>Flows that the kernel forwards to it, when they were counted last. No algorithm goes by them.</summary>
    public int Forwarded
    {
        get => Volatile.Read(ref _forwarded);
        set => Volatile.Write(ref _forwarded, value);
    }

    /// <summary>Requests under way or waiting for it.</summary>
    public int Load => Active + Queued;

    /// <summary>Whether one more request may begin.</summary>
    public bool HasRoom => Active < MaxActive;

    /// <summary>Where its counters are.</summary>
    internal LoadCells Cells => _cells;

    /// <summary>Which of <see cref="Cells"/> is its own.</summary>
    internal int Cell => _cell;

    /// <summary>The time in ms, by the clock of <see cref="PoolBalancer.Refresh"/>, since which it is usable after it was
    /// not; <see cref="long.MinValue"/>: always.</summary>
    internal long UsableSinceMs { get; set; } = long.MinValue;

    /// <summary>Whether it was usable at the last refresh.</summary>
    internal bool WasUsable { get; set; } = true;

    private ref int ActiveCell => ref _cells.Active[_cell];

    private ref int QueuedCell => ref _cells.Queued[_cell];

    /// <summary>How long it takes to answer, in µs, as far as that is known; 0: it is not.</summary>
    /// <param name="nowUs">The time in µs, by the clock of <see cref="Observe"/>.</param>
    public double LatencyAt(long nowUs) => _latency.At(nowUs);

    /// <summary>Takes how long it took to answer a request.</summary>
    /// <param name="latencyUs">From the request's last byte to the end of the response's head, in µs.</param>
    /// <param name="nowUs">The time in µs, by any clock that never goes back.</param>
    public void Observe(long latencyUs, long nowUs) => _latency.Observe(latencyUs, nowUs);

    /// <summary>Takes that it failed a request, which counts as a slow answer: else a server that fails at once would look like
    /// the fastest.</summary>
    /// <param name="nowUs">The time, as for <see cref="Observe"/>.</param>
    public void ObserveFailure(long nowUs) => _latency.Observe(FailureUs, nowUs);

    /// <summary>Takes what the configuration says. A weight that was changed at run time stays until the file's own
    /// changes.</summary>
    public void Configure(ServerConfig config)
    {
        if (config.Weight != _configuredWeight)
        {
            _configuredWeight = config.Weight;
            Weight = config.Weight;
        }

        Volatile.Write(ref _backup, config.Backup ? 1 : 0);
        Volatile.Write(ref _maxActive, config.MaxConnections ?? int.MaxValue);
    }

    /// <summary>Begins a request, unless the server is full. Ends with <see cref="End"/>.</summary>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref ActiveCell) <= MaxActive)
        {
            return true;
        }

        Interlocked.Decrement(ref ActiveCell);
        return false;
    }

    /// <summary>Begins a request whatever the limit: a connection that is bound to this server.</summary>
    public void Begin() => Interlocked.Increment(ref ActiveCell);

    /// <summary>Ends a request.</summary>
    public void End() => Interlocked.Decrement(ref ActiveCell);

    /// <summary>Counts a request that waits for this server.</summary>
    public void BeginWait() => Interlocked.Increment(ref QueuedCell);

    /// <summary>Ends the wait.</summary>
    public void EndWait() => Interlocked.Decrement(ref QueuedCell);

    /// <summary>Puts the counters of servers side by side, unless they are beside others already. To be called before the
    /// first request. O(servers).</summary>
    internal static void Place(IReadOnlyList<BalancedServer> servers)
    {
        BalancedServer[] homeless = [.. servers.Where(server => !server._isPlaced)];
        var cells = new LoadCells(homeless.Length);
        for (int i = 0; i < homeless.Length; i++)
        {
            cells.Active[i] = homeless[i].Active;
            cells.Queued[i] = homeless[i].Queued;
            homeless[i]._cells = cells;
            homeless[i]._cell = i;
            homeless[i]._isPlaced = true;
        }
    }
}
