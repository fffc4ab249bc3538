using Atlas.Core.Health;

namespace Atlas.Core.Balancing;

/// <summary>
/// Who takes new requests, and in which shares: immutable, made anew whenever a server's state changes.
/// <code>
///   usable      ready, up, not ejected, weight above 0
///   Primary     the usable servers that are no backups, if there are any and they are no panic
///   Backup      else the usable backups, if there are any
///   Panic       else, if the usable primaries' weight is below the panic threshold's share of that of all ready ones:
///               all ready primaries with a weight, up or not, without those that are down and out of reach as long as
///               others remain. Never one that drains or is in maintenance
///   None        else
/// </code>
/// Too few usable primaries are no panic while a backup is usable: the primaries that are left go on.
/// Panic brings back servers whose checks find fault with the answer, which may be the check's own. One that gives its check no
/// answer (out of reach: no connection, or silence) gives clients none either; but if all are so, the network of the checks may be.
/// </summary>
public sealed class Roster
{
    // Envoy's least share of a server in slow start.
    private const int SlowStartFloorPercent = 10;

    // A share grows in steps: one a second, or twenty over the whole time (HAProxy's).
    private const int MinStepMs = 1_000;
    private const int Steps = 20;

    // Weights while a server starts slowly, so that a share of weight 1 has steps; less where that would make a weight larger
    // than a configured one can be.
    private const int MaxScale = 100;
    private const int MaxWeight = 65_535;

    private readonly int[] _weights;
    private readonly int[] _members;
    private readonly bool[] _healthy;

    private Roster(RosterGroup group, int[] weights, bool[] healthy, long nextChangeMs)
    {
        Group = group;
        _weights = weights;
        _healthy = healthy;
        _members = [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0)];
        NextChangeMs = nextChangeMs;
        TotalWeight = weights.Sum(weight => (long)weight);
    }

    /// <summary>Which servers these are.</summary>
    public RosterGroup Group { get; }

    /// <summary>The effective weight of each of the pool's servers, in its order; 0: it takes nothing. At most 65,535. While
    /// a member starts slowly, all are up to a hundred times those configured, the same for all.</summary>
    public ReadOnlySpan<int> Weights => _weights;

    /// <summary>How many times the configured weights <see cref="Weights"/> are, at least 1.</summary>
    public int Scale { get; private init; } = 1;

    /// <summary>In panic, the servers that are left out since their checks get no answer.</summary>
    public int UnreachableCount { get; private init; }

    /// <summary>The indexes of the servers that take requests, ascending.</summary>
    public ReadOnlySpan<int> Members => _members;

    /// <summary>The sum of <see cref="Weights"/>; below 2^31 for all pools that a configuration can have.</summary>
    public long TotalWeight { get; }

    /// <summary>When the weights change though nothing happens, by the clock of <see cref="Build"/>; <see cref="long.MaxValue"/>: never.</summary>
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
        RosterGroup group = GroupOf(servers, healthy, options);

        // Steps come at the same times for all servers, so that many that came back one by one cost one change a step.
        int stepMs = StepMs(options);
        long stepAtMs = nowMs - (nowMs % stepMs);
        int heaviest = 1;
        bool growsAny = false;
        bool skips = group == RosterGroup.Panic && servers.Any(server => IsMember(server, group, false) && IsInReach(server));
        int skipped = 0;
        int[] weights = new int[servers.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            bool isMember = IsMember(servers[i], group, healthy[i]);
            bool isSkipped = isMember && skips && !IsInReach(servers[i]);
            skipped += isSkipped ? 1 : 0;
            weights[i] = isMember && !isSkipped ? servers[i].Weight : 0;
            heaviest = Math.Max(heaviest, weights[i]);
            growsAny |= group != RosterGroup.Panic && weights[i] > 0 && Grows(servers[i], options, stepAtMs);
        }

        int scale = 1;
        if (growsAny)
        {
            scale = Math.Clamp(MaxWeight / heaviest, 1, MaxScale);
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = weights[i] == 0 ? 0 : Grown(weights[i] * scale, servers[i], options, stepAtMs);
            }
        }

        return new Roster(group, weights, healthy, growsAny ? stepAtMs + stepMs : long.MaxValue)
        {
            Scale = scale,
            UnreachableCount = skipped,
        };
    }

    /// <summary>Whether a server takes new requests by itself: admin state, checks, ejection and weight allow it.</summary>
    public static bool IsUsable(BalancedServer server) => IsReady(server) && server.IsUp && !server.IsEjected;

    /// <summary>Whether another roster gives every server the same share.</summary>
    internal bool IsSameAs(Roster other) => Group == other.Group
        && _weights.AsSpan().SequenceEqual(other._weights)
        && _healthy.AsSpan().SequenceEqual(other._healthy);

    private static bool IsInReach(BalancedServer server) => server.IsUp || !server.IsUnreachable;

    private static bool IsReady(BalancedServer server) => server.Admin == AdminState.Ready && server.Weight > 0;

    private static RosterGroup GroupOf(IReadOnlyList<BalancedServer> servers, bool[] healthy, RosterOptions options)
    {
        long ready = 0;
        long usable = 0;
        bool hasBackup = false;
        for (int i = 0; i < healthy.Length; i++)
        {
            BalancedServer server = servers[i];
            if (server.IsBackup)
            {
                hasBackup |= healthy[i];
            }
            else
            {
                ready += IsReady(server) ? server.Weight : 0;
                usable += healthy[i] ? server.Weight : 0;
            }
        }

        return usable > 0 && (hasBackup || usable >= options.PanicShare * ready) ? RosterGroup.Primary
            : hasBackup ? RosterGroup.Backup
            : ready > 0 && options.PanicShare > 0 ? RosterGroup.Panic
            : RosterGroup.None;
    }

    private static bool IsMember(BalancedServer server, RosterGroup group, bool isHealthy) => group switch
    {
        RosterGroup.Primary => isHealthy && !server.IsBackup,
        RosterGroup.Backup => isHealthy && server.IsBackup,
        RosterGroup.Panic => IsReady(server) && !server.IsBackup,
        RosterGroup.None => false,
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };

    private static bool Grows(BalancedServer server, RosterOptions options, long stepAtMs) =>
        server.UsableSinceMs != long.MinValue && stepAtMs - server.UsableSinceMs < options.SlowStartMs;

    private static int Grown(int weight, BalancedServer server, RosterOptions options, long stepAtMs)
    {
        if (!Grows(server, options, stepAtMs))
        {
            return weight;
        }

        long linear = weight * (stepAtMs - server.UsableSinceMs) / options.SlowStartMs;
        return (int)Math.Max(Math.Max(linear, (long)weight * SlowStartFloorPercent / 100), 1);
    }

    private static int StepMs(RosterOptions options) =>
        Math.Max(1, Math.Min(Math.Max(MinStepMs, options.SlowStartMs / Steps), options.SlowStartMs));
}
