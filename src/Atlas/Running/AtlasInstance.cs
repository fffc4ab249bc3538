using System.Net;
using Atlas.Admin.Events;
using Atlas.Commands;
using Atlas.Control.Discovery;
using Atlas.Control.Discovery.Resolving;
using Atlas.Control.Health;
using Atlas.Control.Kernel;
using Atlas.Control.Pools;
using Atlas.Control.Tls;
using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Running.HighAvailability;
using Atlas.Running.Kernel;
using Atlas.Running.Listeners;
using Atlas.Running.Stores;
using Atlas.Running.Tls;

namespace Atlas.Running;

/// <summary>A running Atlas: workers, listeners, health checks, access logs and the admin server, from start through reloads
/// to the end of the last connection. One caller at a time; what it holds may be read on any thread. What comes into force,
/// of a file or of names whose addresses changed, does so under one lock.</summary>
internal sealed partial class AtlasInstance : IAsyncDisposable
{
    // Lines that a full disk or a pipe that nobody reads keeps back must not keep the process.
    private const int LogStopMs = 2_000;

    // How long a start or a reload waits for the first addresses of names. A resolver that works takes some ms; one that does not
    // must not keep the rest.
    private static readonly TimeSpan FirstAddresses = TimeSpan.FromSeconds(3);

    private readonly DataPlane _plane;

    // What cannot change before the next start is as this says, whatever was loaded since.
    private readonly AtlasConfig _atStart;
    private readonly ListenerSet _listeners;
    private readonly LogWriters _logWriters;
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<Task> _leaving = [];
    private readonly Lock _force = new();
    private SecretFiles _secrets = new(new AtlasConfig());
    private readonly InstanceTls _tls;
    private readonly InstanceNews _news;
    private AdminAccess? _admin;
    private readonly ServerChanges _serverChanges;

    // Under the lock: nothing comes into force any more.
    private bool _hasEnded;
    private volatile IReadOnlyList<IPEndPoint> _resolvers;
    private readonly DnsResolver _resolver;

    private AtlasInstance(AtlasConfig config, Action<string> notice, InheritedSockets? inherited)
    {
        _news = new InstanceNews(notice);
        _serverChanges = new ServerChanges(ApplyServers, _news);
        Config = config;
        Running = config;
        _atStart = config;
        _resolvers = config.Runtime.Resolvers;
        Workers = new WorkerGroup(config.Runtime.Workers ?? Environment.ProcessorCount);
        Metrics = new ProxyMetrics(Workers.Workers.Count);
        _resolver = new DnsResolver(new ResolverOptions { Servers = () => _resolvers });
        Logs = new AccessLogs(Workers.Workers.Count, notice);
        Kernel = KernelRunning.Create(config, inherited is { IsHeld: true }, _news.Tell);
        _plane = new DataPlane(Kernel);
        _logWriters = new LogWriters(Logs, _plane, Workers.Workers.Count);
        _listeners = new ListenerSet(Workers, _plane) { Inherited = inherited, IsShared = inherited is { IsHeld: true } };
        Pools = new PoolWatch(new PoolWatchOptions { Changed = Tell, RosterChanged = Kernel.Wake });
        Rates = new RequestRates(() => Snapshot);
        Health = new HealthChecks(new HealthOptions
        {
            UserAgent = $"atlas-health/{VersionCommand.Version}",
            Changed = _news.Tell,
        });
        Failures = new FailureReports(_news.Tell, Pools);
        Cluster = new ClusterNode(
            _news,
            () => Snapshot,
            () => Listeners,
            cancellation => Watchdog.AllTurnAsync(Workers, cancellation),
            _resolver,
            new StoreLeases(() => Snapshot, store => Tls.QueriesOf(store)));
        Stores = new StoreReports(_news.Tell, new StoreServers(_plane.Follow, store => Tls.QueriesOf(store)));
        _tls = new InstanceTls(_force, () => ServeWith(Running), _news);
        Names = new NameDiscovery(new DiscoveryOptions
        {
            Resolver = _resolver,
            Tell = _news.Tell,
            Changed = _serverChanges.Take,
        });
    }

    internal InstancePhase Phase { get; private set; }

    /// <summary>The configuration in force, as it is written.</summary>
    internal AtlasConfig Config { get; private set; }

    /// <summary>The same with the servers that names have at present in place of the names: the pools and servers of
    /// <see cref="Snapshot"/>, in its order.</summary>
    internal AtlasConfig Running { get; private set; }

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
    internal EventHub Feed => _news.Feed;

    /// <summary>What real requests say of servers and pools.</summary>
    internal FailureReports Failures { get; }

    /// <summary>What workers find of stores.</summary>
    internal StoreReports Stores { get; }

    /// <summary>The names that servers come from.</summary>
    internal NameDiscovery Names { get; }

    /// <summary>This node among the others.</summary>
    internal ClusterNode Cluster { get; }

    /// <summary>What TLS needs of files.</summary>
    internal CertificateWatch Certificates => _tls.Certificates;

    /// <summary>The active checks of the servers.</summary>
    internal HealthChecks Health { get; }

    /// <summary>What TLS goes by now.</summary>
    internal TlsContexts Tls => _tls.Contexts;

    /// <summary>The listeners that accept.</summary>
    internal IReadOnlyList<RunningListener> Listeners => _listeners.Listeners;

    /// <summary>Where the admin server answers; empty where there is none.</summary>
    internal IReadOnlyList<string> AdminUrls => _admin?.Urls ?? [];

    /// <summary>Starts to serve.</summary>
    /// <param name="config">A valid configuration without anything that this version does not run.</param>
    /// <param name="notice">Takes sentences for the operator, on any thread.</param>
    /// <param name="inherited">Sockets that are bound already; null: none. If another process serves them, nothing is taken from them
    /// before <see cref="BeginAsync"/>.</param>
    /// <param name="requests">What the process may be asked; null: nothing.</param>
    /// <exception cref="IOException">An address cannot be listened on, or a file not be opened; nothing runs.</exception>
    internal static async Task<AtlasInstance> StartAsync(
        AtlasConfig config, Action<string> notice, InheritedSockets? inherited = null, ProcessRequests? requests = null)
    {
        var instance = new AtlasInstance(config, notice, inherited) { Requests = requests };
        try
        {
            await instance.Names.PrepareAsync(config, FirstAddresses);
            instance.Apply(config);
            instance.TakeInherited();
            if (!instance._listeners.IsShared)
            {
                await instance.BeginAsync([]);
            }

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
        Listeners.SelectMany(listener => listener.Describe()).Concat(AdminUrls.Select(url => $"admin: {url}"));

    /// <summary>Takes a new configuration. What it does not change goes on untouched; listeners that it takes away drain in
    /// the background.</summary>
    /// <returns>A message for each change that has to wait for the next start.</returns>
    /// <exception cref="IOException">An address cannot be listened on, or a file not be opened; nothing has changed.</exception>
    internal async Task<IReadOnlyList<string>> ReloadAsync(AtlasConfig config)
    {
        string[] waiting = [.. RestartOnly.Find(_atStart, config)];
        try
        {
            _resolvers = config.Runtime.Resolvers;
            await Names.PrepareAsync(config, FirstAddresses);
            Apply(config);
            Cluster.Apply(config, []);
        }
        catch
        {
            _resolvers = Config.Runtime.Resolvers;
            Names.Apply(Config);
            Cluster.Revert();
            Workers.MovingAddresses = ClusterNode.MovingAddresses(Config);
            throw;
        }

        Reloads++;
        return waiting;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_force)
        {
            _hasEnded = true;
        }

        await Cluster.DisposeAsync();
        _listeners.Close();
        Names.Dispose();
        _tls.Dispose();
        Health.Dispose();
        Failures.Dispose();
        Stores.Dispose();
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
        var secrets = new SecretFiles(config);
        Cluster.Prepare(config, secrets.Cluster);
        Workers.MovingAddresses = ClusterNode.MovingAddresses(config);
        lock (_force)
        {
            IReadOnlyList<RunningListener> gone;
            ProxySnapshot snapshot;
            int changes = _serverChanges.Count;
            AtlasConfig running = Names.Expand(config);
            PreparedTls tls = _tls.Prepare(config);
            try
            {
                using (Pools.Hold())
                {
                    snapshot = SnapshotBuilder.Build(
                        running,
                        Snapshot,
                        Metrics,
                        log => _logWriters.Open(log, config.FileName),
                        Failures,
                        secrets.Read,
                        tls.Contexts,
                        _tls.Handshakes,
                        Stores);
                }

                gone = Forward(running, snapshot);
            }
            catch
            {
                DropUnused();
                throw;
            }

            _secrets = secrets;
            _tls.Apply(config, tls, secrets.Cluster);
            PutInForce(config, running, snapshot, "removed from the configuration");
            Names.Apply(config);
            _serverChanges.Tell(changes);
            _leaving.RemoveAll(task => task.IsCompleted);
            if (gone.Count > 0)
            {
                _leaving.Add(ConnectionDrain.RunAsync(gone, config.Runtime.Shutdown with { ClosesWebSockets = false }, _hurry.Token));
            }
        }
    }

    /// <summary>Puts the servers that names have now in force. Listeners and all that names have nothing to do with are not touched,
    /// and no file is read.</summary>
    private void ApplyServers()
    {
        lock (_force)
        {
            _serverChanges.Begin();

            // Before the first configuration is in force, it takes the servers itself.
            if (Snapshot == ProxySnapshot.Empty || _hasEnded)
            {
                return;
            }

            int changes = _serverChanges.Count;
            AtlasConfig running = Names.Expand(Config);
            if (!running.Pools.Equals(Running.Pools))
            {
                ServeWith(running);
            }

            _serverChanges.Tell(changes);
        }
    }

    /// <summary>Takes other servers of the configuration in force, and TLS as its files are now. Connections are not touched.</summary>
    private void ServeWith(AtlasConfig running)
    {
        ProxySnapshot snapshot;
        using (Pools.Hold())
        {
            snapshot = SnapshotBuilder.BuildServers(running, Running, Snapshot, Metrics, Failures, _secrets.Read, Tls);
        }

        _listeners.Publish(snapshot);
        KernelRunning.Update(Kernel, KernelRunning.Of(running, snapshot), _news.Say);
        PutInForce(Config, running, snapshot, "its name has it no more");
    }

    /// <summary>What follows once listeners serve by a snapshot; nothing of it can fail.</summary>
    private void PutInForce(AtlasConfig config, AtlasConfig running, ProxySnapshot snapshot, string removal)
    {
        _plane.ForgetGone(Snapshot, snapshot);
        Stores.Apply(snapshot);
        _plane.Connect(Snapshot, snapshot, Tls, Workers.Workers);
        ProxySnapshot before = Snapshot;
        Snapshot = snapshot;
        snapshot.TakeOver(before);
        Config = config;
        Running = running;
        Pools.Apply(
            running.Pools.Zip(snapshot.Pools, (written, pool) =>
                new WatchedPool(written, pool.Balancer, [.. pool.Servers.Select(server => server.Balancing)])),
            removal);
        Failures.Apply(running, snapshot);
        Health.Apply(ServerChecks.Of(running, snapshot, before, Pools, Failures, Tls));
        ServerChecks.Release(running, snapshot, Pools, Tls);
        using (Pools.Hold())
        {
            ServerChecks.Pause(running, snapshot, Health, Tls);
        }

        DropUnused();
    }

    /// <summary>Has the kernel and the listeners go by a configuration; if one of them cannot, neither does.</summary>
    private IReadOnlyList<RunningListener> Forward(AtlasConfig config, ProxySnapshot snapshot) => KernelRunning.Forward(
        Kernel,
        KernelRunning.Of(Running, Snapshot),
        KernelRunning.Of(config, snapshot),
        _news.Say,
        () => _listeners.Apply(config.Listeners, snapshot));

    private void Tell(PoolChange change)
    {
        if (change.Kind is PoolChangeKind.Ready or PoolChangeKind.Drain or PoolChangeKind.Maintenance)
        {
            Health.Pause(change.Pool, change.Server!, change.Kind == PoolChangeKind.Maintenance);
        }

        if (change.Kind is PoolChangeKind.Down or PoolChangeKind.Maintenance)
        {
            _plane.ServerWentDown(Snapshot, change.Pool, change.Server!);
        }

        _news.Tell(change);
    }

    /// <summary>Gives up what the configuration in force does not name: what it was before, or would have become.</summary>
    private void DropUnused()
    {
        UnusedMetrics.Drop(Metrics, Config, Running);
        _logWriters.CloseUnused(Snapshot);
    }
}
