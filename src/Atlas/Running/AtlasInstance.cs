using Atlas.Admin;
using Atlas.Admin.Events;
using Atlas.Commands;
using Atlas.Control.Health;
using Atlas.Control.Kernel;
using Atlas.Control.Pools;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Engine.Workers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>A running Atlas: workers, listeners, health checks, access logs and the admin server, from start through reloads
/// to the end of the last connection. One caller at a time; what it holds may be read on any thread.</summary>
internal sealed class AtlasInstance : IAsyncDisposable
{
    // Lines that a full disk or a pipe that nobody reads keeps back must not keep the process.
    private const int LogStopMs = 2_000;

    private readonly DataPlane _plane;

    // What cannot change before the next start is as this says, whatever was loaded since.
    private readonly AtlasConfig _atStart;
    private readonly ListenerSet _listeners;
    private readonly LogWriters _logWriters;
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<Task> _leaving = [];
    private readonly Action<string> _notice;
    private AdminServer? _admin;

    private AtlasInstance(AtlasConfig config, Action<string> notice)
    {
        Config = config;
        _atStart = config;
        Workers = new WorkerGroup(config.Runtime.Workers ?? Environment.ProcessorCount);
        Metrics = new ProxyMetrics(Workers.Workers.Count);
        Logs = new AccessLogs(Workers.Workers.Count, notice);
        Kernel = KernelRunning.Create(config, Tell);
        _plane = new DataPlane(Kernel);
        _logWriters = new LogWriters(Logs, _plane, Workers.Workers.Count);
        _listeners = new ListenerSet(Workers, _plane);
        _notice = notice;
        Pools = new PoolWatch(new PoolWatchOptions { Changed = Tell, RosterChanged = Kernel.Wake });
        Rates = new RequestRates(() => Snapshot);
        Health = new HealthChecks(new HealthOptions
        {
            UserAgent = $"atlas-health/{VersionCommand.Version}",
            Changed = Tell,
        });
        Failures = new FailureReports(Tell, Pools);
    }

    internal InstancePhase Phase { get; private set; }

    /// <summary>The configuration in force.</summary>
    internal AtlasConfig Config { get; private set; }

    /// <summary>The snapshots in force.</summary>
    internal ProxySnapshot Snapshot { get; private set; } = ProxySnapshot.Empty;

    /// <summary>How many configurations took effect after the first.</summary>
    internal long Reloads { get; private set; }

    internal WorkerGroup Workers { get; }

    internal ProxyMetrics Metrics { get; }

    internal AccessLogs Logs { get; }

    /// <summary>Who changes the servers' states.</summary>
    internal PoolWatch Pools { get; }

    /// <summary>What the kernel forwards.</summary>
    internal KernelForwarder Kernel { get; }

    /// <summary>How many requests servers get.</summary>
    internal RequestRates Rates { get; }

    /// <summary>All that happens, for whoever listens.</summary>
    internal EventHub Feed { get; } = new();

    /// <summary>What real requests say of servers and pools.</summary>
    internal FailureReports Failures { get; }

    /// <summary>The active checks of the servers.</summary>
    internal HealthChecks Health { get; }

    /// <summary>The listeners that accept.</summary>
    internal IReadOnlyList<RunningListener> Listeners => _listeners.Listeners;

    /// <summary>Where the admin server answers; empty where there is none.</summary>
    internal IReadOnlyList<string> AdminUrls => _admin?.Urls ?? [];

    /// <summary>Starts to serve.</summary>
    /// <param name="config">A valid configuration without anything that this version does not run.</param>
    /// <param name="notice">Takes sentences for the operator, on any thread.</param>
    /// <exception cref="IOException">An address cannot be listened on, or a file not be opened; nothing runs.</exception>
    internal static async Task<AtlasInstance> StartAsync(AtlasConfig config, Action<string> notice)
    {
        var instance = new AtlasInstance(config, notice);
        try
        {
            instance.Apply(config);
            instance._admin = await AdminAccess.StartAsync(config, new InstanceReports(instance), notice);
            instance.Phase = InstancePhase.Serving;
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>A line for each address that it listens on.</summary>
    internal IEnumerable<string> Describe() =>
        Listeners
            .SelectMany(listener => listener.Addresses.Select(a => $"listener {listener.Name}: {listener.Protocol} on {a.Bound.Address}{ModeOf(listener)}"))
            .Concat(AdminUrls.Select(url => $"admin: {url}"));

    /// <summary>Takes a new configuration. What it does not change goes on untouched; listeners that it takes away drain in
    /// the background.</summary>
    /// <returns>A message for each change that has to wait for the next start.</returns>
    /// <exception cref="IOException">An address cannot be listened on, or a file not be opened; nothing has changed.</exception>
    internal IReadOnlyList<string> Reload(AtlasConfig config)
    {
        string[] waiting = [.. RestartOnly.Find(_atStart, config)];
        Apply(config);
        Reloads++;
        return waiting;
    }

    /// <summary>Ends in order: says that it is not ready, accepts for <c>ready_delay</c> more so that whoever sends traffic
    /// here can notice, then stops accepting and ends the connections.</summary>
    /// <param name="hurry">Cancelled when no time counts any more: what is left then ends at once.</param>
    internal async Task DrainAsync(CancellationToken hurry)
    {
        await using CancellationTokenRegistration forward = hurry.Register(_hurry.Cancel);
        Phase = InstancePhase.Draining;
        await Task.Delay(Config.Runtime.Shutdown.ReadyDelayMs, _hurry.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listeners.Close();
        Kernel.StopNew();
        Health.Stop();
        _leaving.Add(ConnectionDrain.RunAsync(_listeners.Listeners, Config.Runtime.Shutdown, _hurry.Token));
        await Task.WhenAll(_leaving);
    }

    public async ValueTask DisposeAsync()
    {
        _listeners.Close();
        Health.Dispose();
        Failures.Dispose();
        Pools.Dispose();
        Kernel.Dispose();
        Rates.Dispose();
        Workers.Dispose();
        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }

        _logWriters.End();
        Logs.Stop(LogStopMs);
        _hurry.Dispose();
    }

    private void Apply(AtlasConfig config)
    {
        IReadOnlyList<RunningListener> gone;
        ProxySnapshot snapshot;
        try
        {
            using (Pools.Hold())
            {
                snapshot = SnapshotBuilder.Build(
                    config,
                    Snapshot,
                    Metrics,
                    log => _logWriters.Open(log, config.FileName),
                    Failures,
                    secret => Secrets.Read(secret, config.FileName, "sticky.secret"));
            }

            gone = Forward(config, snapshot);
        }
        catch
        {
            DropUnused();
            throw;
        }

        foreach (ServerState server in Servers(Snapshot).Except(Servers(snapshot)))
        {
            _plane.Forget(server);
        }

        ProxySnapshot before = Snapshot;
        Snapshot = snapshot;
        snapshot.TakeOver(before);
        Config = config;
        Pools.Apply(config.Pools.Zip(snapshot.Pools, (written, pool) =>
            new WatchedPool(written, pool.Balancer, [.. pool.Servers.Select(server => server.Balancing)])));
        Failures.Apply(config, snapshot);
        Health.Apply(ServerChecks.Of(config, snapshot, before, Pools, Failures));
        ServerChecks.Release(config, snapshot, Pools);
        using (Pools.Hold())
        {
            ServerChecks.Pause(config, snapshot, Health);
        }

        _leaving.RemoveAll(task => task.IsCompleted);
        if (gone.Count > 0)
        {
            _leaving.Add(ConnectionDrain.RunAsync(gone, config.Runtime.Shutdown, _hurry.Token));
        }

        DropUnused();
    }

    /// <summary>Has the kernel and the listeners go by a configuration; if one of them cannot, neither does.</summary>
    private IReadOnlyList<RunningListener> Forward(AtlasConfig config, ProxySnapshot snapshot)
    {
        IReadOnlyList<KernelListener> kernel = KernelRunning.Of(config, snapshot);
        IReadOnlyList<KernelListener> before = KernelRunning.Of(Config, Snapshot);
        KernelRunning.Check(kernel, before, _notice);
        Kernel.Apply(kernel);
        try
        {
            return _listeners.Apply(config.Listeners, snapshot);
        }
        catch
        {
            Kernel.Apply(before);
            throw;
        }
    }

    private void Tell(KernelEvent change)
    {
        Feed.Publish(InstanceEvents.Of(change));
        if (change.Kind != KernelEventKind.Replaced)
        {
            _notice(change.Text);
        }
    }

    private void Tell(PoolChange change)
    {
        if (change.Kind is PoolChangeKind.Ready or PoolChangeKind.Drain or PoolChangeKind.Maintenance)
        {
            Health.Pause(change.Pool, change.Server!, change.Kind == PoolChangeKind.Maintenance);
        }

        if (change.Kind is PoolChangeKind.Down or PoolChangeKind.Maintenance)
        {
            EndConnections(change.Pool, change.Server!);
        }

        // What checks and real requests find, they tell themselves, with what they saw.
        if (change.Kind is not (PoolChangeKind.Up or PoolChangeKind.Down or PoolChangeKind.Ejected or PoolChangeKind.Returned))
        {
            Feed.Publish(InstanceEvents.Of(change));
            _notice(change.ToString());
        }
    }

    private void Tell(HealthEvent change)
    {
        Feed.Publish(InstanceEvents.Of(change));
        _notice(change.ToString());
    }

    private void EndConnections(string pool, string server)
    {
        ServerState? gone = Snapshot.Pools.FirstOrDefault(known => known.Name == pool)?.Servers.FirstOrDefault(known => known.Name == server);
        if (gone is not null)
        {
            _plane.ServerWentDown(gone);
        }
    }

    /// <summary>Gives up what the configuration in force does not name: what it was before, or would have become.</summary>
    private void DropUnused()
    {
        Metrics.Prune(
            name => Config.Listeners.Any(listener => listener.Name == name),
            (pool, server) => Config.FindPool(pool)?.Servers.Any(s => s.Name == server) ?? false,
            (listener, route) => Config.Listeners.Any(l => l.Name == listener && l.Pool is null && l.Routes.Any(r => r.Name == route)));
        _logWriters.CloseUnused(Snapshot);
    }

    private static string ModeOf(RunningListener listener) => listener.Mode is { } mode ? $", mode {mode}" : "";

    private static IEnumerable<ServerState> Servers(ProxySnapshot snapshot) => snapshot.Pools.SelectMany(pool => pool.Servers);
}
