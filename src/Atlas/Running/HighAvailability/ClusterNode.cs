using System.Net;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Proxy.Snapshots;
using Atlas.Running.Listeners;

namespace Atlas.Running.HighAvailability;

/// <summary>This node among the others: the addresses that it has for them, and what decides about that. One caller at a time; what it
/// tells may be read on any thread.</summary>
internal sealed class ClusterNode : IDisposable
{
    // How often what is tracked is looked at.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    // What is under way at a handover would fail, for its clients' next packets go to another node. Most requests take a few
    // milliseconds. It is waited for as long as connections end, each within the first time of the one before, and no longer than
    // the second time in all: those that last wait for nothing, and whoever waits for the addresses waits for this, too.
    private const int SettleStepMs = 40;
    private const int SettleMs = 500;
    private const int PollMs = 2;

    private readonly InstanceNews _news;
    private readonly Func<ProxySnapshot> _snapshot;
    private readonly Timer _look;
    private readonly Lock _gate = new();
    private readonly Dictionary<VirtualRouterConfig, string> _lowered = [];
    private VirtualRouters? _routers;
    private IReadOnlyList<VirtualRouterConfig> _configs = [];
    private bool _hasEnded;

    /// <summary>A node without a part yet.</summary>
    /// <param name="news">Hears of what happens.</param>
    /// <param name="snapshot">The pools in force.</param>
    internal ClusterNode(InstanceNews news, Func<ProxySnapshot> snapshot)
    {
        _news = news;
        _snapshot = snapshot;
        _look = new Timer(_ => GuardedWork.Run(Look, "what virtual routers track was not looked at", news.Say));
    }

    /// <summary>How the virtual routers are, in the order of the configuration.</summary>
    internal IReadOnlyList<VirtualRouterStatus> Routers => _routers?.Statuses ?? [];

    /// <summary>The names of those that this node is master of.</summary>
    internal IEnumerable<string> Masters =>
        Routers.Where(router => router.State == VirtualRouterState.Master).Select(router => router.Name);

    /// <summary>The addresses that this node gets and loses while it runs.</summary>
    internal static HashSet<IPAddress> MovingAddresses(AtlasConfig config) =>
        [.. (config.HighAvailability?.ActivePassive ?? []).SelectMany(router => router.Addresses).Select(address => address.Address)];

    /// <summary>Looks whether a configuration can be followed.</summary>
    /// <exception cref="IOException">It cannot; the message says what to do.</exception>
    internal void Prepare(AtlasConfig config)
    {
        if (config.HighAvailability?.ActivePassive is { Count: > 0 })
        {
            _routers ??= VirtualRouters.Start(_news.Tell, _news.Say);
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

            _configs = config.HighAvailability?.ActivePassive ?? [];
            foreach (VirtualRouterConfig gone in _lowered.Keys.Except(_configs).ToArray())
            {
                _lowered.Remove(gone);
            }

            _routers?.Apply(_configs, router => masters.Contains(VirtualRouterStatus.NameOf(router)));
        }

        Look();
        _look.Change(LookInterval, LookInterval);
    }

    /// <summary>Gives the addresses to other nodes, without a failed connection as far as that is in this node's hands: clients that
    /// come now get no answer and ask again, when it is another's; those that are served end first, if they do so soon.</summary>
    /// <param name="listeners">Who serves.</param>
    internal async Task HandOverAsync(IReadOnlyList<RunningListener> listeners)
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        await _look.DisposeAsync();
        if (_routers is null)
        {
            return;
        }

        if (_routers.Statuses.Any(router => router.State == VirtualRouterState.Master))
        {
            foreach (RunningListener listener in listeners)
            {
                listener.HoldOff();
                listener.Drain(closeSpreadMs: 0);
            }

            await SettleAsync(listeners);
        }

        await _routers.HandOverAsync();
    }

    /// <summary>Takes no part any more, and leaves the addresses to another process of this host that goes on with them.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        _look.Dispose();
        _routers?.Leave();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        _look.Dispose();
        _routers?.Dispose();
    }

    private static async Task SettleAsync(IReadOnlyList<RunningListener> listeners)
    {
        long end = Environment.TickCount64 + SettleMs;
        long step = Environment.TickCount64 + SettleStepMs;
        int fewest = int.MaxValue;
        for (int open = Open(); open > 0 && Environment.TickCount64 < Math.Min(step, end); open = Open())
        {
            if (open < fewest)
            {
                fewest = open;
                step = Environment.TickCount64 + SettleStepMs;
            }

            await Task.Delay(PollMs);
        }

        int Open() => listeners.Sum(listener => listener.Connections);
    }

    /// <summary>Has each virtual router go by the priority that what it tracks leaves it.</summary>
    private void Look()
    {
        lock (_gate)
        {
            if (_routers is null || _hasEnded)
            {
                return;
            }

            ProxySnapshot snapshot = _snapshot();
            foreach (VirtualRouterConfig router in _configs)
            {
                string[] failed = [.. router.Track.Pools.Where(pool => !HasServer(snapshot, pool)).Select(pool => $"pool {pool} has no server")];
                string lowered = string.Join("; ", failed);
                if (lowered != _lowered.GetValueOrDefault(router, ""))
                {
                    _lowered[router] = lowered;
                    int priority = Math.Max(1, router.Priority - (failed.Length * router.Track.Penalty));
                    _routers.ChangePriority(router, priority, lowered);
                    string why = lowered.Length > 0 ? lowered : "all that it tracks is well";
                    _news.Say($"virtual router {VirtualRouterStatus.NameOf(router)} has priority {(lowered.Length > 0 ? priority : router.Priority)}: {why}");
                }
            }
        }
    }

    private static bool HasServer(ProxySnapshot snapshot, string pool) =>
        snapshot.Pools.FirstOrDefault(known => known.Name == pool)?.Servers.Any(server => Roster.IsUsable(server.Balancing)) == true;
}
