using System.Security.Cryptography;
using System.Text;
using Atlas.Admin;
using Atlas.Admin.Reports;
using Atlas.Commands;
using Atlas.Core.Configuration;
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
        InstancePhase.Serving => ReadinessReport.Ready,
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

    private static PoolReport Report(PoolSnapshot pool, PoolConfig? config) => new()
    {
        Name = pool.Name,
        Balance = "round_robin",
        Servers = [.. pool.Servers.Select(server => Report(server, config?.HealthCheck is not null))],
    };

    private static ServerReport Report(ServerState server, bool isProbed) => new()
    {
        Name = server.Name,
        Address = server.Address.ToString(),
        AdminState = AdminState.Ready,
        OperationalState = !isProbed ? OperationalState.Unknown
            : server.IsUp ? OperationalState.Up
            : OperationalState.Down,
        Active = server.Active,
    };
}
