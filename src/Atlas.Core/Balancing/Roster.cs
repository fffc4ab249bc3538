using Atlas.Core.Health;

namespace Atlas.Core.Balancing;

/// <summary>
/// Who takes new requests, and in which shares: immutable, made anew whenever a server's state changes.
/// <code>
///   usable      ready, up, not ejected, weight above 0
///   Primary     the usable servers that are no backups, if there are any and they are no panic
///   Backup      else the usable backups, if there are any
///   Panic       else, if the usable primaries' weight is below the panic threshold's share of that of all ready ones:
///               all ready primaries with a weight, up or not. Never one that drains or is in maintenance
///   None        else
/// </code>
/// Too few usable primaries are no panic while a backup is usable: the primaries that are left go on.
/// </summary>
public sealed class Roster
{
    // Envoy's least share of a server in slow start.
    private const double SlowStartFloor = 0.1;

    // A share grows in steps: one a second, or twenty over the whole time (HAProxy's).
    private const int MinStepMs = 1_000;
    private const int Steps = 20;

    // Weights while a server starts slowly, so that a share of weight 1 has steps.
    private const int Scale = 100;

    private readonly int[] _weights;
    private readonly int[] _picked;
    private readonly bool[] _healthy;

    private Roster(RosterGroup group, int[] weights, bool[] healthy, long nextChangeMs)
    {
        Group = group;
        _weights = weights;
        _healthy = healthy;
        _picked = [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0)];
        NextChangeMs = nextChangeMs;
        TotalWeight = weights.Sum(weight => (long)weight);
    }

    /// <summary>Which servers these are.</summary>
    public RosterGroup Group { get; }

    /// <summary>The effective weight of each of the pool's servers, in its order; 0: it takes nothing. While a server starts
    /// slowly all are a hundred times those configured.</summary>
    public ReadOnlySpan<int> Weights => _weights;

    /// <summary>The indexes of the servers that take requests, ascending.</summary>
    public ReadOnlySpan<int> Members => _picked;

    /// <summary>The sum of <see cref="Weights"/>.</summary>
    public long TotalWeight { get; }

    /// <summary>When the weights change though nothing happens; <see cref="long.MaxValue"/>: never.</summary>
    public long NextChangeMs { get; }

    /// <summary>Whether a server is usable by its health, too; the same as being a member, but in panic.</summary>
    public bool IsHealthy(int index) => _healthy[index];

    /// <summary>Makes the roster of a moment. O(servers).</summary>
    /// <param name="servers">The pool's servers, in its order.</param>
    /// <param name="options">Its rules.</param>
    /// <param name="nowMs">The time, by the clock of <see cref="PoolBalancer.Refresh"/>.</param>
    public static Roster Build(IReadOnlyList<BalancedServer> servers, RosterOptions options, long nowMs)
    {
        bool[] healthy = [.. servers.Select(IsUsable)];
        long ready = WeightOf(servers, (server, _) => IsReady(server) && !server.IsBackup);
        long usable = WeightOf(servers, (server, i) => healthy[i] && !server.IsBackup);
        bool hasBackup = servers.Any(server => server.IsBackup && IsUsable(server));
        RosterGroup group =
            usable > 0 && (hasBackup || usable >= options.PanicShare * ready) ? RosterGroup.Primary
            : hasBackup ? RosterGroup.Backup
            : ready > 0 && options.PanicShare > 0 ? RosterGroup.Panic
            : RosterGroup.None;
        int scale = group != RosterGroup.Panic && servers.Any(server => Share(server, options, nowMs) < 1) ? Scale : 1;
        int[] weights = new int[servers.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            if (IsMember(servers[i], group, healthy[i]))
            {
                double share = scale == 1 ? 1 : Share(servers[i], options, nowMs);
                weights[i] = Math.Max((int)(servers[i].Weight * scale * share), 1);
            }
        }

        return new Roster(group, weights, healthy, scale == 1 ? long.MaxValue : nowMs + StepMs(options));
    }

    /// <summary>Whether a server takes new requests by itself: admin state, checks, ejection and weight allow it.</summary>
    public static bool IsUsable(BalancedServer server) => IsReady(server) && server.IsUp && !server.IsEjected;

    /// <summary>Whether another roster gives every server the same share.</summary>
    internal bool IsSameAs(Roster other) => Group == other.Group
        && _weights.AsSpan().SequenceEqual(other._weights)
        && _healthy.AsSpan().SequenceEqual(other._healthy);

    private static bool IsReady(BalancedServer server) => server.Admin == AdminState.Ready && server.Weight > 0;

    private static bool IsMember(BalancedServer server, RosterGroup group, bool isHealthy) => group switch
    {
        RosterGroup.Primary => isHealthy && !server.IsBackup,
        RosterGroup.Backup => isHealthy && server.IsBackup,
        RosterGroup.Panic => IsReady(server) && !server.IsBackup,
        RosterGroup.None => false,
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };

    private static long WeightOf(IReadOnlyList<BalancedServer> servers, Func<BalancedServer, int, bool> counts)
    {
        long sum = 0;
        for (int i = 0; i < servers.Count; i++)
        {
            sum += counts(servers[i], i) ? servers[i].Weight : 0;
        }

        return sum;
    }

    private static double Share(BalancedServer server, RosterOptions options, long nowMs)
    {
        if (options.SlowStartMs == 0 || server.UsableSinceMs == long.MinValue || !IsUsable(server))
        {
            return 1;
        }

        return Math.Clamp((double)(nowMs - server.UsableSinceMs) / options.SlowStartMs, SlowStartFloor, 1);
    }

    private static int StepMs(RosterOptions options) => Math.Max(MinStepMs, options.SlowStartMs / Steps);
}
