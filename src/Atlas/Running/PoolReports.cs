using System.Globalization;
using Atlas.Admin.Reports;
using Atlas.Control.Health;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>What the admin server tells of pools and their servers.</summary>
internal sealed class PoolReports(AtlasInstance instance)
{
    /// <summary>A pool as it is now.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="config">What the configuration says of it; null: nothing any more.</param>
    internal PoolReport Of(PoolSnapshot pool, PoolConfig? config)
    {
        ILookup<string, long> flows = instance.Kernel.Read().Listeners.SelectMany(listener => listener.Servers)
            .Where(server => server.Pool == pool.Name)
            .ToLookup(server => server.Server, server => server.Flows);
        Roster roster = pool.Balancer.Current.Roster;
        return new PoolReport
        {
            Name = pool.Name,
            Balance = NameOf(pool.Balancer.Algorithm),
            State = StateOf(roster.Group),
            UsableShare = Math.Round(UsableShare(pool), 3),
            Warning = pool.Servers.Count > 0 && pool.Servers.All(server => server.Balancing.Weight == 0)
                ? $"no server of pool {pool.Name} has a weight: clients are turned away (NH)"
                : null,
            Circuit = FailureNotes.OfCircuit(pool),
            Servers =
            [
                .. pool.Servers.Select((server, i) => Of(
                    server,
                    HealthOf(config, server.Name, i),
                    EffectiveWeight(roster, i),
                    pool.ConsecutiveFailures,
                    flows.Contains(server.Name) ? flows[server.Name].Sum() : null)),
            ],
        };
    }

    /// <summary>How much of the weight of a pool's ready servers is usable; 0 where none is ready. Backups do not
    /// count.</summary>
    internal static double UsableShare(PoolSnapshot pool)
    {
        long ready = 0;
        long usable = 0;
        foreach (ServerState server in pool.Servers)
        {
            BalancedServer state = server.Balancing;
            if (!state.IsBackup)
            {
                ready += state.Admin == AdminState.Ready ? state.Weight : 0;
                usable += Roster.IsUsable(state) ? state.Weight : 0;
            }
        }

        return ready == 0 ? 0 : Math.Min((double)usable / ready, 1);
    }

    /// <summary>What counts of a server's weight now, in the units of the configuration.</summary>
    internal static double EffectiveWeight(Roster roster, int index) =>
        Math.Round((double)roster.Weights[index] / roster.Scale, 2);

    private static string NameOf(BalanceAlgorithm algorithm) => algorithm switch
    {
        BalanceAlgorithm.RoundRobin => "round_robin",
        BalanceAlgorithm.WeightedRoundRobin => "weighted_round_robin",
        BalanceAlgorithm.LeastConnections => "least_connections",
        BalanceAlgorithm.IpHash => "ip_hash",
        BalanceAlgorithm.ConsistentHash => "consistent_hash",
        BalanceAlgorithm.PowerOfTwo => "power_of_two",
        BalanceAlgorithm.LeastTime => "least_time",
        BalanceAlgorithm.Random => "random",
        BalanceAlgorithm.First => "first",
        _ => throw new InvalidOperationException("unknown algorithm"),
    };

    private static PoolState StateOf(RosterGroup group) => group switch
    {
        RosterGroup.Primary => PoolState.Usable,
        RosterGroup.Backup => PoolState.Backup,
        RosterGroup.Panic => PoolState.Panic,
        RosterGroup.None => PoolState.Unusable,
        _ => throw new InvalidOperationException("unknown group"),
    };

    private static OperationalState StateOf(BalancedServer server, HealthReport? health) => (health?.Health, server.IsEjected) switch
    {
        (ServerHealth.Down, _) => OperationalState.Down,
        (_, true) => OperationalState.Ejected,
        (ServerHealth.Up, _) => OperationalState.Up,
        (ServerHealth.Unknown or null, _) => OperationalState.Unknown,
        _ => throw new InvalidOperationException("unknown health"),
    };

    private static string Describe(LastProbe probe) => string.Create(
        CultureInfo.InvariantCulture,
        $"{probe.At:yyyy-MM-ddTHH:mm:ss.fffZ} {(probe.Result.Passed ? "passed" : "failed")} in "
        + $"{probe.Duration.TotalMilliseconds:0.0} ms: {probe.Result.Detail}");

    private static string Describe(ConnectFailure failure) =>
        string.Create(CultureInfo.InvariantCulture, $"{failure.At:yyyy-MM-ddTHH:mm:ss.fffZ}: {failure.Text}");

    private ServerReport Of(
        ServerState server, HealthReport? health, double effectiveWeight, int? consecutiveFailures, long? flows)
    {
        BalancedServer state = server.Balancing;
        AdminState admin = state.Admin;
        bool isLeaving = admin != AdminState.Ready;
        bool isEmpty = isLeaving && instance.Pools.IsEmpty(state);
        int active = state.Active + state.Forwarded;
        int tunnels = Math.Min(server.Tunnels + state.Forwarded, active);
        return new ServerReport
        {
            Name = server.Name,
            Address = server.Address.ToString(),
            AdminState = admin,
            OperationalState = StateOf(state, health),
            Weight = state.Weight,
            EffectiveWeight = effectiveWeight,
            Backup = state.IsBackup ? true : null,
            Active = active,
            Tunnels = tunnels,
            Flows = flows,
            Rate = instance.Rates.Of(server),
            Ejection = FailureNotes.OfEjection(server.Outliers),
            NotEjected = FailureNotes.WhyNotEjected(server.Outliers, consecutiveFailures),
            LastProbe = health?.Last is LastProbe last ? Describe(last) : null,
            LastConnectError = server.ConnectFailure is ConnectFailure failure ? Describe(failure) : null,
            Unreachable = server.IsUnreachable ? true : null,
            Remaining = isLeaving ? new RemainingReport(active - tunnels + state.Queued, tunnels) : null,
            SafeToRemove = isLeaving ? isEmpty : null,
        };
    }

    // A reload may be under way between the two that are asked: the name tells whether they speak of the same server.
    private HealthReport? HealthOf(PoolConfig? pool, string name, int index) =>
        pool is not null && index < pool.Servers.Count && pool.Servers[index].Name == name
        && ServerChecks.TargetOf(pool, pool.Servers[index], instance.Tls) is ProbeTarget target
            ? instance.Health.Find(target)
            : null;
}
