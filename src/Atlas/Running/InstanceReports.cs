using System.Security.Cryptography;
using System.Text;
using Atlas.Admin;
using Atlas.Admin.Events;
using Atlas.Admin.Orders;
using Atlas.Admin.Reports;
using Atlas.Commands;
using Atlas.Control.Pools;
using Atlas.Core.Configuration;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>What the admin server tells of an instance.</summary>
internal sealed class InstanceReports(AtlasInstance instance) : IAdminSource
{
    private const int IdBytes = 6;

    private readonly PoolReports _pools = new(instance);

    public EventHub Events => instance.Feed;

    public ReadinessReport Readiness() => instance.Phase switch
    {
        InstancePhase.Starting => new ReadinessReport(["starting"]),
        InstancePhase.Serving => new ReadinessReport(
            [
                .. instance.Health.PendingPools.Select(pool => $"pool {pool}: first probes are under way"),
                .. instance.Kernel.Failure is { } failure ? [$"mode kernel: the rules are out of date: {failure}"] : Array.Empty<string>(),
            ]),
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
            Pools = [.. instance.Snapshot.Pools.Select(pool => _pools.Of(pool, config.FindPool(pool.Name)))],
            Leaving = instance.Pools.Leaving is { Count: > 0 } leaving
                ? [.. leaving.Select(server => new LeavingReport(server.Pool, server.Server, server.Requests))]
                : null,
        };
    }

    public OrderAnswer Order(string pool, string server, ServerOrder order)
    {
        IReadOnlyList<PoolSnapshot> pools = instance.Snapshot.Pools;
        if (pools.FirstOrDefault(known => known.Name == pool) is not PoolSnapshot found)
        {
            return OrderAnswer.NoPool(pool, pools.Select(known => known.Name));
        }

        // False: a reload took the server away just now.
        return found.Servers.FirstOrDefault(known => known.Name == server) is ServerState state
            && instance.Pools.Order(state.Balancing, order)
            ? OrderAnswer.Done(_pools.Of(found, instance.Config.FindPool(pool)).Servers.First(known => known.Name == server))
            : OrderAnswer.NoServer(pool, server, found.Servers.Select(known => known.Name).Where(known => known != server));
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        instance.Metrics.WriteTo(writer);
        HealthFamilies.Write(writer, instance);
        StateFamilies.Write(writer, instance);
        PoolFamilies.Write(writer, instance.Snapshot);
        InstanceFamilies.Write(writer, instance);
        KernelFamilies.Write(writer, instance.Kernel.Read());
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
        Protocol = listener.Protocol,
        Mode = listener.Mode,
        Addresses = [.. listener.Addresses.Select(address => address.Bound.Address.ToString())],
        Connections = listener.Connections,
    };
}
