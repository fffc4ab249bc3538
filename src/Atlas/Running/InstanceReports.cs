using System.Security.Cryptography;
using System.Text;
using Atlas.Admin;
using Atlas.Admin.Events;
using Atlas.Admin.Orders;
using Atlas.Admin.Reloads;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Commands;
using Atlas.Control.Discovery;
using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.UserSessions;
using Atlas.Running.HighAvailability;
using Atlas.Running.Kernel;
using Atlas.Running.Listeners;
using Atlas.Running.Stores;
using Atlas.Running.Tls;

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
                .. instance.Pending,
                .. instance.Kernel.Failure is { } failure ? [$"mode kernel: the rules are out of date: {failure}"] : Array.Empty<string>(),
                .. instance.Cluster.Problem is { } problem ? [problem] : Array.Empty<string>(),
            ]),
        InstancePhase.Draining => new ReadinessReport(["draining"]),
        _ => throw new InvalidOperationException("unknown phase"),
    };

    public StatusReport Status()
    {
        AtlasConfig config = instance.Config;
        AtlasConfig running = instance.Running;
        ILookup<string, NameReport> names = instance.Names.Reports.ToLookup(name => name.Pool);
        return new StatusReport
        {
            Node = config.HighAvailability?.Node is { Length: > 0 } node ? node : Environment.MachineName,
            Version = VersionCommand.Version,
            Pid = Environment.ProcessId,
            Since = instance.Since,
            UpgradedFrom = instance.UpgradedFrom?.Pid,
            ConfigId = IdOf(config),
            Listeners = [.. instance.Listeners.Select(Report)],
            Pools = [.. instance.Snapshot.Pools.Select(pool => _pools.Of(pool, running.FindPool(pool.Name)) with
            {
                Names = NamesOf(names[pool.Name]),
            })],
            Stores = instance.Snapshot.Stores is { Count: > 0 } stores ? [.. stores.Select(StoreReports.Of)] : null,
            Sessions = instance.Snapshot.Sessions is { Count: > 0 } sessions ? [.. sessions.Select(Report)] : null,
            HighAvailability = config.HighAvailability is null ? null : ClusterReports.Of(instance.Cluster),
            Certificates = CertificateReports.Summary(instance.Certificates.Certificates),
            Authorities = AuthorityReports.Summary(instance.Certificates.Authorities),
            Leaving = instance.Pools.Leaving is { Count: > 0 } leaving
                ? [.. leaving.Select(server => new LeavingReport(server.Pool, server.Server, server.Requests))]
                : null,
        };
    }

    public IReadOnlyList<CertificateReport> Certificates() => CertificateReports.All(instance.Certificates.Certificates);

    public IReadOnlyList<AuthorityReport> Authorities() => AuthorityReports.All(instance.Certificates.Authorities);

    public OrderAnswer Order(string pool, string server, ServerOrder order)
    {
        IReadOnlyList<PoolSnapshot> pools = instance.Snapshot.Pools;
        if (pools.FirstOrDefault(known => known.Name == pool) is not PoolSnapshot found)
        {
            return OrderAnswer.NoPool(pool, pools.Select(known => known.Name));
        }

        // False: a reload took the server away just now.
        if (found.Servers.FirstOrDefault(known => known.Name == server) is not ServerState state
            || !instance.Pools.Order(state.Balancing, order))
        {
            return OrderAnswer.NoServer(pool, server, found.Servers.Select(known => known.Name).Where(known => known != server));
        }

        if (order.State == AdminState.Ready)
        {
            // The operator says that it works: its next probe may be half a minute away.
            instance.Health.Hurry(pool, server);
        }

        PoolReport report = _pools.Of(found, instance.Running.FindPool(pool));
        return OrderAnswer.Done(report.Servers.First(known => known.Name == server) with { Warning = report.Warning ?? WarningOf(found, order) });
    }

    // Nothing keeps the operator from taking the last one out, but nobody does it gladly.
    private static string? WarningOf(PoolSnapshot pool, ServerOrder order) =>
        order.State is not (AdminState.Drain or AdminState.Maintenance) || pool.Servers.Any(server => Roster.IsUsable(server.Balancing)) ? null
        : pool.Servers.Any(server => server.Balancing.Admin == AdminState.Ready)
            ? $"the servers of pool {pool.Name} that are left are down or ejected: clients go to them all the same, or are turned away (NH)"
            : $"no server of pool {pool.Name} is left: new clients are turned away (NH)";

    public Task<ReloadAnswer> ReloadAsync() =>
        instance.Requests?.Reloads.AskAsync() ?? Task.FromResult(new ReloadAnswer(ReloadOutcome.Refused, ["only 'atlas run' has a file to reload"]));

    public Task<UpgradeAnswer> UpgradeAsync(int limitMs) =>
        instance.Requests?.Upgrades.AskAsync(limitMs) ?? Task.FromResult(UpgradeAnswer.Refused("only 'atlas run' can be upgraded"));

    public void WriteMetrics(IMetricWriter writer)
    {
        instance.Metrics.WriteTo(writer);
        HealthFamilies.Write(writer, instance);
        NameFamilies.Write(writer, instance);
        StateFamilies.Write(writer, instance);
        PoolFamilies.Write(writer, instance.Snapshot);
        InstanceFamilies.Write(writer, instance);
        StoreReports.Write(writer, instance.Snapshot);
        instance.Cluster.WriteMetrics(writer);
        KernelFamilies.Write(writer, instance.Kernel.Read());
        CertificateReports.Write(writer, instance.Certificates.Certificates);
        AuthorityReports.Write(writer, instance.Certificates.Authorities);
    }

    private static ServerNameReport[]? NamesOf(IEnumerable<NameReport> names)
    {
        ServerNameReport[] all = [.. names.Select(name => new ServerNameReport
        {
            Name = name.Name,
            Servers = name.Servers,
            Pending = name.IsPending ? true : null,
            Problem = name.Detail,
            AnswerAgeSeconds = name.AnswerAgeMs / 1_000,
        })];
        return all.Length > 0 ? all : null;
    }

    /// <summary>The same for the same content of the file: of the sections with their places.</summary>
    private static string IdOf(AtlasConfig config)
    {
        string content = (config with { FileName = "" }).ToString();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, IdBytes));
    }

    private static SessionReport Report(SessionSnapshot session)
    {
        MemoryUse? memory = session.Memory;
        return new SessionReport
        {
            Name = session.Name, Store = session.StoreName, Count = memory?.Count, Bytes = memory?.Bytes, MaxBytes = memory?.MaxBytes,
        };
    }

    private ListenerReport Report(RunningListener listener)
    {
        ListenerMetrics? http = instance.Snapshot.Listeners.OfType<HttpListenerSnapshot>().FirstOrDefault(own => own.Name == listener.Name)?.Metrics;
        return new ListenerReport
        {
            Name = listener.Name,
            Protocol = listener.Protocol,
            Tls = listener.Config.Tls is null ? null : true,
            Mode = listener.Mode,
            Addresses = [.. listener.Addresses.Select(address => address.Bound.Address.ToString())],
            Connections = listener.Connections,
            Http2Connections = http?.Http2Open,
            Http2Streams = http?.StreamsOpen,
        };
    }
}
