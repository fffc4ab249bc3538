using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Atlas.Admin;
using Atlas.Admin.Reports;
using Atlas.Commands;
using Atlas.Control.Health;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>What the admin server tells of an instance.</summary>
internal sealed class InstanceReports(AtlasInstance instance) : IAdminSource
{
    private const int IdBytes = 6;

    public ReadinessReport Readiness() => instance.Phase switch
    {
        InstancePhase.Starting => new ReadinessReport(["starting"]),
        InstancePhase.Serving => new ReadinessReport(
            [.. instance.Health.PendingPools.Select(pool => $"pool {pool}: first probes are under way")]),
        InstancePhase.Draining => new ReadinessReport(["draining"]),
        _ => throw new InvalidOperationException("unknown phase"),
    };

    public StatusReport Status()
    {
        AtlasConfig config = instance.Config;
        return new StatusReport
        {
            Node = config.HighAvailability?.Node is { Length: > 0 } node ? node : Environment.MachineName,
            Version = VersionCommand.Version,
            ConfigId = IdOf(config),
            Listeners = [.. instance.Listeners.Select(Report)],
            Pools = [.. instance.Snapshot.Pools.Select(pool => Report(pool, config.FindPool(pool.Name)))],
        };
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        instance.Metrics.WriteTo(writer);
        HealthFamilies.Write(writer, instance);
        PoolFamilies.Write(writer, instance.Snapshot);
        InstanceFamilies.Write(writer, instance);
    }

    /// <summary>The same for the same content of the file: of the sections with their places.</summary>
    private static string IdOf(AtlasConfig config)
    {
        string content = (config with { FileName = "" }).ToString();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, IdBytes));
    }

    private static ListenerReport Report(RunningListener listener) => new()
    {
        Name = listener.Name,
        Protocol = "http",
        Addresses = [.. listener.Addresses.Select(address => address.Bound.Address.ToString())],
        Connections = listener.Options.Connections,
    };

    private PoolReport Report(PoolSnapshot pool, PoolConfig? config) => new()
    {
        Name = pool.Name,
        Balance = NameOf(pool.Balancer.Algorithm),
        Servers = [.. pool.Servers.Select((server, i) => Report(server, HealthOf(config, server.Name, i)))],
    };

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

    // A reload may be under way between the two that are asked: the name tells whether they speak of the same server.
    private HealthReport? HealthOf(PoolConfig? pool, string name, int index) =>
        pool is not null && index < pool.Servers.Count && pool.Servers[index].Name == name
        && ServerChecks.TargetOf(pool, pool.Servers[index]) is ProbeTarget target
            ? instance.Health.Find(target)
            : null;

    private static ServerReport Report(ServerState server, HealthReport? health) => new()
    {
        Name = server.Name,
        Address = server.Address.ToString(),
        AdminState = AdminState.Ready,
        OperationalState = (health?.Health ?? ServerHealth.Unknown) switch
        {
            ServerHealth.Unknown => OperationalState.Unknown,
            ServerHealth.Up => OperationalState.Up,
            ServerHealth.Down => OperationalState.Down,
            _ => throw new InvalidOperationException("unknown health"),
        },
        Weight = server.Balancing.Weight,
        Active = server.Balancing.Active,
        LastProbe = health?.Last is LastProbe last ? Describe(last) : null,
    };

    private static string Describe(LastProbe probe) => string.Create(
        CultureInfo.InvariantCulture,
        $"{probe.At:yyyy-MM-ddTHH:mm:ss.fffZ} {(probe.Result.Passed ? "passed" : "failed")} in "
        + $"{probe.Duration.TotalMilliseconds:0.0} ms: {probe.Result.Detail}");
}
