using System.Net;
using Atlas.Commands;
using Atlas.Control.Discovery.Resolving;
using Atlas.Control.HighAvailability.DataPlane;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;
using Atlas.Running.Listeners;

namespace Atlas.Running.HighAvailability;

/// <summary>This node among the others: the addresses that it has for them, what it knows of them, and what the zone says of all. One
/// caller at a time; what it tells may be read on any thread.</summary>
internal sealed partial class ClusterNode : IAsyncDisposable
{
    // How often what is tracked is looked at.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly InstanceNews _news;
    private readonly Func<ProxySnapshot> _snapshot;
    private readonly Func<IReadOnlyList<RunningListener>> _listeners;
    private readonly Timer _look;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ToldPriority> _told = [];
    private readonly StoreLeases _leases;
    private readonly DataPlaneProbe _probe;
    private readonly PeerService _peers;
    private HighAvailabilityConfig _config = new();
    private Ports _inForce;
    private Ports _prepared;
    private VirtualRouters? _routers;
    private DnsServer? _dns;
    private BindAddress? _dnsBind;
    private bool _isOpen;
    private bool _hasEnded;
    private volatile bool _isDraining;

    /// <summary>A node without a part yet.</summary>
    /// <param name="news">Hears of what happens.</param>
    /// <param name="snapshot">The pools in force.</param>
    /// <param name="listeners">The listeners that accept.</param>
    /// <param name="workers">Whether every worker takes a turn.</param>
    /// <param name="resolver">Finds the addresses of peers that have names.</param>
    /// <param name="leases">Makes the leases of virtual routers.</param>
    internal ClusterNode(
        InstanceNews news,
        Func<ProxySnapshot> snapshot,
        Func<IReadOnlyList<RunningListener>> listeners,
        Func<CancellationToken, Task<bool>> workers,
        INameResolver resolver,
        StoreLeases leases)
    {
        _news = news;
        _snapshot = snapshot;
        _listeners = listeners;
        _leases = leases;
        _look = new Timer(_ => GuardedWork.Run(() => Look(), "what this node tracks was not looked at", news.Say));
        _probe = new DataPlaneProbe(new DataPlaneProbeOptions { Listeners = Probed, Workers = workers, Changed = OnHealth });
        _peers = new PeerService(new PeerServiceOptions
        {
            Resolver = resolver,
            DataPlane = () => State,
            Version = VersionCommand.Version,
            Changed = OnPeer,
        });
    }

    /// <summary>How the virtual routers are, in the order of the configuration.</summary>
    internal IReadOnlyList<VirtualRouterStatus> Routers => _routers?.Statuses ?? [];

    /// <summary>What this node knows of the others.</summary>
    internal IReadOnlyList<PeerReport> Peers => _peers.Peers;

    /// <summary>The zone's server; null: there is none.</summary>
    internal DnsServer? Dns => _dns;

    /// <summary>What is told of this node.</summary>
    internal DataPlaneState State =>
        _isDraining ? DataPlaneState.Draining : _probe.Health.IsServing ? DataPlaneState.Serving : DataPlaneState.NotServing;

    /// <summary>Why it does not serve; null: it does.</summary>
    internal string? Problem => _probe.Health.Reason;

    /// <summary>The names of the virtual routers that are configured.</summary>
    internal IEnumerable<string> Configured => _config.ActivePassive.Select(VirtualRouterStatus.NameOf);

    /// <summary>The names of the virtual routers that this node is master of.</summary>
    internal IEnumerable<string> Masters =>
        Routers.Where(router => router.State == VirtualRouterState.Master).Select(router => router.Name);

    /// <summary>The addresses that this node gets and loses while it runs.</summary>
    internal static HashSet<IPAddress> MovingAddresses(AtlasConfig config) =>
        [.. (config.HighAvailability?.ActivePassive ?? []).SelectMany(router => router.Addresses).Select(address => address.Address)];

    /// <summary>Looks whether a node may go on as master by a configuration: it would let go of all addresses of a virtual router, one of which
    /// somebody else has put on the interface.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="masters">The names of the virtual routers that it is master of.</param>
    /// <exception cref="IOException">It would; the message says what to do.</exception>
    internal static void CheckAddresses(AtlasConfig config, IReadOnlyList<string> masters)
    {
        VirtualRouterConfig[] held =
            [.. (config.HighAvailability?.ActivePassive ?? []).Where(router => masters.Contains(VirtualRouterStatus.NameOf(router)))];
        if (held.Length > 0 && ForeignAddress.FindNew([], held) is { } foreign)
        {
            throw new IOException($"high_availability.active_passive: {foreign}");
        }
    }

    /// <summary>Looks whether a configuration can be followed, and has the ports go by it if they are open: until <see cref="Apply"/> it
    /// may be taken back by <see cref="Revert"/>.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="secret">What the nodes share by it; null: nothing.</param>
    /// <exception cref="IOException">It cannot; the message says what to do.</exception>
    internal void Prepare(AtlasConfig config, ClusterSecret? secret)
    {
        HighAvailabilityConfig next = config.HighAvailability ?? new HighAvailabilityConfig();
        if (next.ActivePassive.Count > 0)
        {
            _routers ??= VirtualRouters.Start(_news.Tell, _news.Say, (router, tell) => _leases.Make(router, () => _config.Node, tell));
            if (next.ActivePassive.Select(VirtualRouterFilter.FindMissing).FirstOrDefault(missing => missing is not null) is { } missing)
            {
                throw new IOException($"high_availability.active_passive: {missing}");
            }

            if (_isOpen && ForeignAddress.FindNew(_config.ActivePassive, next.ActivePassive) is { } foreign)
            {
                throw new IOException($"high_availability.active_passive: {foreign}");
            }
        }

        _prepared = new Ports(PeersOf(next, secret, MovingAddresses(config)), next.ActiveActive, MovingAddresses(config));
        if (_isOpen)
        {
            OpenPorts(_prepared);
        }
    }

    /// <summary>Has the ports go by the configuration in force again, after another one was prepared, or could not be.</summary>
    internal void Revert()
    {
        _prepared = _inForce;
        if (_isOpen)
        {
            try
            {
                OpenPorts(_inForce);
            }
            catch (IOException e)
            {
                _news.Say($"the ports to other nodes are not as they were: {e.Message}");
            }
        }
    }

    /// <summary>Goes by a configuration that is in force, and that was prepared.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="masters">The names of the virtual routers that this node is master of already, because of a process that this one goes
    /// on for.</param>
    internal void Apply(AtlasConfig config, IReadOnlyList<string> masters)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            _config = config.HighAvailability ?? new HighAvailabilityConfig();
            _inForce = _prepared;
            foreach (string gone in _told.Keys.Except(Configured).ToArray())
            {
                _told.Remove(gone);
            }

            _routers?.Apply(_config.ActivePassive, router => masters.Contains(VirtualRouterStatus.NameOf(router)), ServedPorts.Of(config));
            Look(isAnew: true);
        }

        UpdateZone();

        if (config.HighAvailability is not null)
        {
            _probe.Start();
            _look.Change(LookInterval, LookInterval);
        }
    }

    /// <summary>Waits until the virtual routers go by what was applied: another process may let go of their addresses then.</summary>
    internal Task SettledAsync() => _routers?.SettledAsync() ?? Task.CompletedTask;

    /// <summary>Opens the ports to the other nodes and to those who ask for names, by what was prepared. Not before another process of
    /// this host has let go of them.</summary>
    /// <exception cref="IOException">One cannot be opened; the message says why. The next reload tries it again.</exception>
    internal void Open()
    {
        if (!_isOpen)
        {
            // A reload tries again what could not be opened.
            _isOpen = true;
            _routers?.Reassert();
            OpenPorts(_prepared);
        }
    }

    /// <summary>Goes on as before, after another process of this host was to take its place, and did not.</summary>
    internal void Resume() => _routers?.Reassert();

    /// <summary>Tells the other nodes that no more clients should be sent here.</summary>
    internal void BeginDrain()
    {
        _isDraining = true;
        _peers.Hurry();
        UpdateZone();
    }

    /// <summary>Gives the addresses to other nodes, without a failed connection as far as that is in this node's hands: see
    /// <see cref="AddressHandover"/>.</summary>
    internal async Task HandOverAsync()
    {
        // That its listeners take nothing from now on is no fault.
        EndLooks();
        if (_routers is not null)
        {
            IPAddress[] held = [.. Routers.Where(router => router.State == VirtualRouterState.Master).SelectMany(router => router.Config.Addresses)
                .Select(address => address.Address)];
            if (held.Length > 0)
            {
                await AddressHandover.QuietAsync(_listeners());
            }

            await AddressHandover.EndAsync(_listeners(), held, _routers.HandOverAsync());
        }
    }

    /// <summary>Takes no part any more, and leaves the addresses and the ports to another process of this host that goes on with
    /// them.</summary>
    /// <param name="gone">The names of the virtual routers that it does not go on with: other nodes get their addresses.</param>
    /// <returns>Done when they have them; all else is done at once.</returns>
    internal Task LeaveAsync(params IReadOnlyCollection<string> gone)
    {
        EndLooks();
        Task left = Task.CompletedTask;
        if (_routers is not null && gone.Count > 0)
        {
            left = _routers.LeaveAsync(router => !gone.Contains(VirtualRouterStatus.NameOf(router)));
        }
        else
        {
            _routers?.Leave();
        }

        _peers.Apply(null);
        _dns?.DisposeAsync().AsTask().Wait();
        _dns = null;
        return left;
    }

    /// <summary>Writes what it has counted.</summary>
    internal void WriteMetrics(IMetricWriter writer)
    {
        if (_config.Peers.Count > 0)
        {
            PeerFamilies.Write(writer, _peers.Metrics, DateTimeOffset.UtcNow);
        }

        _dns?.WriteMetrics(writer);
        VirtualRouterFamilies.Write(writer, Routers);
    }

    public async ValueTask DisposeAsync()
    {
        EndLooks();
        _routers?.Dispose();
        _peers.Dispose();
        if (_dns is { } dns)
        {
            await dns.DisposeAsync();
        }
    }

    private static PeerSettings? PeersOf(HighAvailabilityConfig section, ClusterSecret? secret, HashSet<IPAddress> moving) =>
        secret is not null && PeerSettings.BindOf(section) is { } bind
            ? new PeerSettings
            {
                Node = section.Node, Bind = bind, MayBeAbsent = moving.Contains(bind.Address), Peers = section.Peers, Secret = secret,
            }
            : null;

    // A look that is under way ends first: it is done under the lock, too.
    private void EndLooks()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        _look.Dispose();
        _probe.Dispose();
    }

    private void OpenPorts(Ports ports)
    {
        (PeerSettings? peers, ActiveActiveConfig? zone, HashSet<IPAddress>? moving) = ports;
        _peers.Apply(peers);
        DnsServer? before = _dns;
        if (zone is null)
        {
            _dns = null;
        }
        else if (before is not null && zone.Bind!.Equals(_dnsBind))
        {
            before.Apply(zone);
            before = null;
        }
        else
        {
            bool mayBeAbsent = zone.Bind?.Ip is { } ip && moving?.Contains(ip) == true;
            _dns = DnsServer.Start(zone, IsAlive, TimeProvider.System, mayBeAbsent);
            _news.Say($"zone {zone.Zone}: DNS on {_dns.Address}");
        }

        _dnsBind = zone?.Bind;
        before?.DisposeAsync().AsTask().Wait();
    }

    private ProbedListener[] Probed() =>
    [
        .. from listener in _listeners()
           where ProbedListener.CanAsk(listener.Config) && listener.Connections < listener.MaxConnections
           from address in listener.Addresses
           where address.Written.Ip is not { } ip || !IsVirtual(ip)
           select new ProbedListener(listener.Name, ProbedListener.AddressOf(address.Written, address.Bound.Address.Port)),
    ];

    // Another node may have it.
    private bool IsVirtual(IPAddress ip) =>
        _config.ActivePassive.Any(router => router.Addresses.Any(address => address.Address.Equals(ip)));

    private bool IsAlive(string node) =>
        node == _config.Node || _config.Node.Length == 0
            ? State == DataPlaneState.Serving
            : _peers.Peers.FirstOrDefault(peer => peer.Name == node) is not { } known || known.State == PeerState.Unknown || known.IsLive;

    private void OnHealth(DataPlaneHealth health)
    {
        _news.Say(health.IsServing ? "this node serves: its listeners answer" : $"this node does not serve: {health.Reason}");
        _peers.Hurry();
        UpdateZone();
        Look();
    }

    // On the service's own thread, which must not wait for the zone.
    private void OnPeer(PeerEvent change)
    {
        _news.Tell(change);
        ThreadPool.UnsafeQueueUserWorkItem(_ => GuardedWork.Run(UpdateZone, "the zone does not follow its nodes", _news.Say), null);
    }

    private void UpdateZone() => _dns?.Apply(IsAlive);

    /// <summary>What was told of a virtual router's priority.</summary>
    /// <param name="Configured">The configured one.</param>
    /// <param name="Priority">The one that was left.</param>
    /// <param name="Lowered">What lowered it, in words; empty: nothing did.</param>
    private readonly record struct ToldPriority(int Configured, int Priority, string Lowered);

    /// <summary>What the ports go by.</summary>
    /// <param name="Peers">Those to the other nodes; null: there are none.</param>
    /// <param name="Zone">That for names; null: there is none.</param>
    /// <param name="Moving">The addresses that this node gets and loses; null: none.</param>
    private readonly record struct Ports(PeerSettings? Peers, ActiveActiveConfig? Zone, HashSet<IPAddress>? Moving);
}
