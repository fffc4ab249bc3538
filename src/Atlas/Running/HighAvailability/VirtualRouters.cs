using System.Collections.Concurrent;
using Atlas.Core.Configuration;
using Atlas.Engine.Links;

namespace Atlas.Running.HighAvailability;

/// <summary>The virtual routers of a node, on a thread of their own: nothing else that the process does makes an advertisement late.
/// Any thread may call.</summary>
internal sealed class VirtualRouters : IDisposable
{
    private const long NanosecondsPerMicrosecond = 1_000;

    private readonly ConcurrentQueue<Action<long>> _orders = new();
    private readonly LinkPoller _poller;
    private readonly LinkMonitor _monitor;
    private readonly LinkTable _table;
    private readonly Action<VirtualRouterEvent> _changed;
    private readonly Action<string> _say;
    private readonly List<RunningVirtualRouter> _routers = [];
    private readonly List<RunningVirtualRouter> _leaving = [];
    private readonly List<TaskCompletionSource> _waiting = [];
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile IReadOnlyList<RunningVirtualRouter> _known = [];
    private volatile bool _hasEnded;
    private bool _keepsAddresses;

    private VirtualRouters(LinkPoller poller, LinkMonitor monitor, LinkTable table, Action<VirtualRouterEvent> changed, Action<string> say)
    {
        _poller = poller;
        _monitor = monitor;
        _table = table;
        _changed = changed;
        _say = say;
        poller.Watch(monitor);
        _thread = new Thread(Run) { IsBackground = true, Name = "atlas-vrrp" };
        _thread.Start();
    }

    /// <summary>How each of them is, in the order of the configuration.</summary>
    internal IReadOnlyList<VirtualRouterStatus> Statuses => [.. _known.Select(router => router.Status)];

    /// <summary>Begins, without any yet.</summary>
    /// <param name="changed">Hears of each change of state, on the thread of the virtual routers.</param>
    /// <param name="say">Takes sentences for the operator.</param>
    /// <exception cref="IOException">The process lacks rights, or the system has no descriptors left; the message says what to do.</exception>
    internal static VirtualRouters Start(Action<VirtualRouterEvent> changed, Action<string> say)
    {
        if (LinkRights.FindMissing() is string missing)
        {
            throw new IOException($"high_availability.active_passive: {missing}");
        }

        LinkMonitor? monitor = null;
        LinkTable? table = null;
        var poller = LinkPoller.TryOpen(out int error);
        if (error == 0)
        {
            monitor = LinkMonitor.TryOpen(out error);
        }

        if (error == 0)
        {
            table = LinkTable.TryOpen(out error);
        }

        if (poller is null || monitor is null || table is null)
        {
            poller?.Dispose();
            monitor?.Dispose();
            throw new IOException($"high_availability.active_passive: {LinkRights.Text(error)}");
        }

        return new VirtualRouters(poller, monitor, table, changed, say);
    }

    /// <summary>Makes them those of a configuration. What it does not change goes on untouched; one that it takes away is handed
    /// over, and one of which it changes how the nodes speak with each other begins anew.</summary>
    /// <param name="configs">The virtual routers. Those that go on keep their priority until <see cref="ChangePriority"/>.</param>
    /// <param name="continues">Which of them this node is master of already, because of a process that it goes on for.</param>
    /// <param name="served">What this process serves at their addresses.</param>
    internal void Apply(
        IReadOnlyList<VirtualRouterConfig> configs, Func<VirtualRouterConfig, bool> continues, ServedPorts served) => Order(nowUs =>
    {
        RunningVirtualRouter[] before = [.. _routers];
        _routers.Clear();
        foreach (RunningVirtualRouter gone in before.Where(router => !configs.Any(router.CanGoOnWith)))
        {
            gone.Stop(nowUs);
            _leaving.Add(gone);
        }

        foreach (VirtualRouterConfig config in configs)
        {
            RunningVirtualRouter? known = Array.Find(before, router => router.CanGoOnWith(config));
            if (known is null)
            {
                RemoveLeaving(config);
                known = new RunningVirtualRouter(config, served.At(config), _table, _poller, _changed, _say);
                known.Start(continues(config), nowUs);
            }
            else if (!config.Equals(known.Config) || !known.Serves(served.At(config)))
            {
                known.Change(config, served.At(config), served.LeaveMs, nowUs);
            }

            _routers.Add(known);
        }

        _known = [.. _routers];
    });

    /// <summary>Has a virtual router go by another priority.</summary>
    /// <param name="config">Which.</param>
    /// <param name="priority">The priority.</param>
    /// <param name="lowered">Why it is not the configured one; empty: it is.</param>
    internal void ChangePriority(VirtualRouterConfig config, int priority, string lowered) => Order(nowUs =>
        _routers.Find(router => router.Config.Equals(config))?.ChangePriority(priority, lowered, nowUs));

    /// <summary>Gives all addresses to other nodes, as far as there are any. Done when they have them, after half a second, or when
    /// all has ended.</summary>
    internal async Task HandOverAsync()
    {
        Apply([], _ => false, ServedPorts.None);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Order(_ => _waiting.Add(done));

        // Who has ended takes no order any more.
        await Task.WhenAny(done.Task, _end.Task);
    }

    /// <summary>Ends without a word, and leaves the addresses where they are: another process of this host goes on. They are gone
    /// after a few seconds if it does not.</summary>
    internal void Leave()
    {
        _keepsAddresses = true;
        Dispose();
    }

    public void Dispose()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            _poller.Wake();
            _thread.Join();
            _monitor.Dispose();
            _table.Dispose();
            _poller.Dispose();
        }
    }

    private static long NowUs() => BootClock.ReadNs() / NanosecondsPerMicrosecond;

    private void Order(Action<long> order)
    {
        _orders.Enqueue(order);
        _poller.Wake();
    }

    private void Run()
    {
        while (!_hasEnded)
        {
            long nextUs = long.MaxValue;
            foreach (RunningVirtualRouter router in _routers)
            {
                nextUs = Math.Min(nextUs, router.NextUs);
            }

            foreach (RunningVirtualRouter router in _leaving)
            {
                nextUs = Math.Min(nextUs, router.NextUs);
            }

            if (_poller.Wait(nextUs == long.MaxValue ? nextUs : nextUs * NanosecondsPerMicrosecond) < 0)
            {
                // Out of memory: the next turn may have some.
                Thread.Sleep(1);
            }

            Turn(NowUs());
        }

        End();
    }

    private void Turn(long nowUs)
    {
        while (_orders.TryDequeue(out Action<long>? order))
        {
            order(nowUs);
        }

        bool hasChanged = false;
        bool hasLost = false;
        while (_monitor.Read(out LinkChange change) == 0)
        {
            // That this process keeps its own addresses is no news, and comes twice a second.
            hasChanged |= change.Kind is not (LinkChangeKind.AddressAdded or LinkChangeKind.AddressRemoved)
                || change.Address.Protocol != LinkTable.Mark;
            hasLost |= change.Kind is LinkChangeKind.AddressRemoved or LinkChangeKind.Overrun;
        }

        foreach (RunningVirtualRouter router in _routers)
        {
            if (hasChanged)
            {
                router.Look(nowUs);
            }

            if (hasLost)
            {
                router.KeepAtOnce(nowUs);
            }

            router.Receive(nowUs);
            router.Tick(nowUs);
        }

        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            RunningVirtualRouter router = _leaving[i];
            router.Receive(nowUs);
            router.Tick(nowUs);
            if (!router.IsLeaving)
            {
                router.Dispose();
                _leaving.RemoveAt(i);
            }
        }

        if (_leaving.Count == 0 && _waiting.Count > 0)
        {
            _waiting.ForEach(done => done.SetResult());
            _waiting.Clear();
        }
    }

    /// <summary>Ends those at once that are on their way out and concern what begins now: the same router, and whoever would take its
    /// addresses away later.</summary>
    private void RemoveLeaving(VirtualRouterConfig config)
    {
        foreach (RunningVirtualRouter router in _leaving.Where(leaving =>
            VirtualRouterStatus.NameOf(leaving.Config) == VirtualRouterStatus.NameOf(config)
            || leaving.Config.Addresses.Any(own => config.Addresses.Any(address => address.Address.Equals(own.Address)))).ToArray())
        {
            router.Dispose();
            _leaving.Remove(router);
        }
    }

    private void End()
    {
        // Those who said farewell have none to leave behind.
        _leaving.ForEach(router => router.Dispose());
        foreach (RunningVirtualRouter router in _routers)
        {
            if (_keepsAddresses)
            {
                router.Leave();
            }
            else
            {
                router.Dispose();
            }
        }

        _end.SetResult();
    }
}
