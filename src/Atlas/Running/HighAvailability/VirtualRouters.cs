using System.Collections.Concurrent;
using Atlas.Control.HighAvailability.Leases;
using Atlas.Core.Configuration;
using Atlas.Engine.Interop;
using Atlas.Engine.Links;
using Atlas.Engine.Threads;

namespace Atlas.Running.HighAvailability;

/// <summary>The virtual routers of a node, on a thread of their own: nothing else that the process does makes an advertisement late.
/// Any thread may call.</summary>
internal sealed class VirtualRouters : IDisposable
{
    private const long NanosecondsPerMicrosecond = 1_000;

    // From three of these on without a turn a master steps down, which happens to an ordinary thread of a busy machine.
    private const int LeisurelyMs = 1_000;

    private readonly ConcurrentQueue<Action<long>> _orders = new();
    private readonly LinkPoller _poller;
    private readonly LinkMonitor _monitor;
    private readonly LinkTable _table;

    // Null: the kernel has none; then clients find out by themselves.
    private readonly ConnectionCutter? _cutter = ConnectionCutter.TryOpen(out _);
    private readonly Action<VirtualRouterEvent> _changed;
    private readonly Action<string> _say;
    private readonly LeaseMaker _leases;
    private readonly List<RunningVirtualRouter> _routers = [];
    private readonly List<RunningVirtualRouter> _leaving = [];
    private readonly List<TaskCompletionSource> _waiting = [];
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile IReadOnlyList<RunningVirtualRouter> _known = [];
    private volatile bool _hasEnded;
    private bool _keepsAddresses;
    private ProcessorShare _share;
    private string? _slowness;

    private VirtualRouters(
        LinkPoller poller, LinkMonitor monitor, LinkTable table, Action<VirtualRouterEvent> changed, Action<string> say, LeaseMaker leases)
    {
        _leases = leases;
        _poller = poller;
        _monitor = monitor;
        _table = table;
        _changed = changed;
        _say = say;
        poller.Watch(monitor);
        _thread = new Thread(Run) { IsBackground = true, Name = "atlas-vrrp" };
        _thread.Start();
    }

    /// <summary>Makes the lease of a virtual router that has a store.</summary>
    /// <param name="config">The virtual router.</param>
    /// <param name="tell">Takes what the store says, and whether it is the answer to a claim.</param>
    internal delegate StoreLease LeaseMaker(VirtualRouterConfig config, Action<LeaseAnswer, bool> tell);

    /// <summary>How each of them is, in the order of the configuration.</summary>
    internal IReadOnlyList<VirtualRouterStatus> Statuses => [.. _known.Select(router => router.Status)];

    /// <summary>Begins, without any yet.</summary>
    /// <param name="changed">Hears of each change of state, on the thread of the virtual routers.</param>
    /// <param name="say">Takes sentences for the operator.</param>
    /// <param name="leases">Makes the leases.</param>
    /// <exception cref="IOException">The process lacks rights, or the system has no descriptors left; the message says what to do.</exception>
    internal static VirtualRouters Start(Action<VirtualRouterEvent> changed, Action<string> say, LeaseMaker leases)
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

        return new VirtualRouters(poller, monitor, table, changed, say, leases);
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
                known = new RunningVirtualRouter(config, served.At(config), _table, _poller, _cutter, _changed, _say, LeaseOf);
                known.Start(continues(config), nowUs);
            }
            else if (!config.Equals(known.Config) || !known.Serves(served.At(config)))
            {
                RemoveLeaving(config);
                known.Change(config, served.At(config), served.LeaveMs, nowUs);
            }

            _routers.Add(known);
        }

        _known = [.. _routers];
        TellSlowness();
    });

    /// <summary>Has a virtual router go by another priority.</summary>
    /// <param name="config">Which.</param>
    /// <param name="priority">The priority.</param>
    /// <param name="lowered">Why it is not the configured one; empty: it is.</param>
    internal void ChangePriority(VirtualRouterConfig config, int priority, string lowered) => Order(nowUs =>
        _routers.Find(router => router.Config.Equals(config))?.ChangePriority(priority, lowered, nowUs));

    /// <summary>Makes sure that the kernel has of this process what it must have, once no other process of this host has the addresses, or is
    /// to have them.</summary>
    internal void Reassert() => Order(nowUs => _routers.ForEach(router => router.Reassert(nowUs)));

    /// <summary>Waits until all that was ordered before is done, or all has ended: then a master has sent its first advertisement, and
    /// has the addresses for a whole time.</summary>
    internal Task SettledAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Order(_ => done.SetResult());

        // Who has ended takes no order any more.
        return Task.WhenAny(done.Task, _end.Task);
    }

    /// <summary>Gives all addresses to other nodes, as far as there are any. Done when they have them, after half a second, or when
    /// all has ended.</summary>
    internal Task HandOverAsync()
    {
        Apply([], _ => false, ServedPorts.None);
        return LeftAsync();
    }

    /// <summary>Takes no part any more in those that another process of this host goes on with, and leaves their addresses to it; the others
    /// are handed over as by <see cref="HandOverAsync"/>.</summary>
    /// <param name="continues">Which the other goes on with.</param>
    internal Task LeaveAsync(Func<VirtualRouterConfig, bool> continues)
    {
        Order(nowUs =>
        {
            foreach (RunningVirtualRouter router in _routers)
            {
                if (continues(router.Config))
                {
                    router.Leave();
                }
                else
                {
                    router.Stop(nowUs);
                    _leaving.Add(router);
                }
            }

            _routers.Clear();
        });
        return LeftAsync();
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
            _cutter?.Dispose();
            _poller.Dispose();
        }
    }

    /// <summary>Done when none is on its way out any more, or all has ended: who has ended takes no order.</summary>
    private Task LeftAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Order(_ => _waiting.Add(done));
        return Task.WhenAny(done.Task, _end.Task);
    }

    private static long NowUs() => BootClock.ReadNs() / NanosecondsPerMicrosecond;

    private void Order(Action<long> order)
    {
        _orders.Enqueue(order);
        _poller.Wake();
    }

    private StoreLease? LeaseOf(RunningVirtualRouter router) => router.Config.Store is null
        ? null
        : _leases(router.Config, (answer, isOfClaim) => Order(nowUs => router.TakeLease(answer, isOfClaim, nowUs)));

    private void Run()
    {
        if (UrgentThread.Claim(out int error) is not ThreadUrgency.RealTime and var urgency)
        {
            string instead = urgency == ThreadUrgency.Favoured ? ", but a nice value" : "";
            _slowness = $"virtual routers have no real-time priority{instead} ({Errno.Text(error)}): a busy machine may cost them their "
                + "addresses at intervals below 1 s. LimitRTPRIO=1 and RestrictRealtime=no in the systemd unit, or CAP_SYS_NICE, give one";
        }

        while (!_hasEnded)
        {
            long nextUs = NextUs();
            if (_share.RestMs(NowUs(), UrgentThread.ReadUsedNs() / NanosecondsPerMicrosecond, nextUs) is var restMs and > 0)
            {
                Thread.Sleep(restMs);
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

    private long NextUs()
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

        return nextUs;
    }

    /// <summary>Says once that advertisements may be late, if there are some that must not be.</summary>
    private void TellSlowness()
    {
        if (_slowness is not null && _routers.Exists(router => router.Config.AdvertiseMs < LeisurelyMs))
        {
            _say(_slowness);
            _slowness = null;
        }
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

            nowUs = NowUs();
            router.Receive(nowUs);
            router.Tick(nowUs);
        }

        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            RunningVirtualRouter router = _leaving[i];
            nowUs = NowUs();
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
