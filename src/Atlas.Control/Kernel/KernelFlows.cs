using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>The flows that Atlas' rules sent to servers: how many are open, and which must not go on. One caller at a
/// time.</summary>
internal sealed class KernelFlows(IProgramRunner programs, TimeProvider time)
{
    /// <summary>Milliseconds between two counts, at least.</summary>
    internal const int CountMs = 100;

    // A count reads the kernel's whole table of flows: it may take one in so many parts of the time.
    private const int CountShare = 50;

    private readonly FlowTable _table = new(programs);
    private readonly HashSet<BalancedServer> _left = [];
    private Dictionary<FlowKey, int>? _open;

    /// <summary>When the next count is due, in ms of the clock.</summary>
    internal long CountAtMs { get; private set; }

    private long NowMs => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Has the next count done at once.</summary>
    internal void CountSoon() => CountAtMs = 0;

    /// <summary>Counts open flows if that is due, and tells the servers theirs.</summary>
    internal void CountIfDue(IReadOnlyList<KernelListener> listeners)
    {
        long startMs = NowMs;
        if (startMs < CountAtMs)
        {
            return;
        }

        _open = _table.Count();
        CountAtMs = NowMs + Math.Max(CountMs, (NowMs - startMs) * CountShare);
        var flows = new Dictionary<BalancedServer, int>();
        foreach (KernelListener listener in listeners)
        {
            ForwardedListener known = listener.Now(turn: 0, takesNew: false);
            for (int i = 0; i < listener.Servers.Count; i++)
            {
                BalancedServer server = listener.Servers[i];
                flows[server] = flows.GetValueOrDefault(server) + (Open(known, known.Servers[i]) ?? 0);
            }
        }

        foreach ((BalancedServer server, int count) in flows)
        {
            server.Forwarded = count;
        }
    }

    /// <summary>Open flows of a listener when they were counted last; null: they could not be.</summary>
    internal int? Open(ForwardedListener listener) => _open is null ? null : listener.Servers.Sum(server => Open(listener, server) ?? 0);

    /// <summary>Those to one server.</summary>
    internal int? Open(ForwardedListener listener, ForwardedServer server) =>
        _open is null ? null : FlowTable.KeysOf(listener, server).Sum(key => _open.GetValueOrDefault(key));

    /// <summary>Ends flows to servers that no longer serve, but not to those that drain. Those of UDP in any case, since a client's
    /// datagrams stay one flow as long as they keep coming; those of TCP where the pool says so: their next packet begins a flow
    /// anew, to a server that knows no such connection and resets it.</summary>
    internal void Leave(IReadOnlyList<KernelListener> listeners)
    {
        var leaving = new HashSet<BalancedServer>();
        foreach (KernelListener listener in listeners)
        {
            ForwardedListener known = listener.Now(turn: 0, takesNew: false);
            for (int i = 0; i < listener.Servers.Count; i++)
            {
                BalancedServer server = listener.Servers[i];
                if (IsLeft(server, listener.Balancer.Current.Roster.Weights[i]))
                {
                    leaving.Add(server);
                    if (!_left.Contains(server))
                    {
                        End(known, known.Servers[i], onlyUdp: !listener.Pool.ClosesOnServerDown);
                    }
                }
            }
        }

        _left.Clear();
        _left.UnionWith(leaving);
    }

    /// <summary>Ends UDP flows that would go on otherwise than the rules say now: of what was forwarded and is not any more, and of
    /// what came to a listener's address while nothing was forwarded there.</summary>
    internal void Follow(IReadOnlyList<ForwardedListener> before, IReadOnlyList<ForwardedListener> after)
    {
        var kept = after.SelectMany(listener => listener.Servers.SelectMany(server => FlowTable.KeysOf(listener, server))).ToHashSet();
        foreach (ForwardedListener gone in before)
        {
            foreach (ForwardedServer server in gone.Servers.Where(server => !FlowTable.KeysOf(gone, server).All(kept.Contains)))
            {
                End(gone, server, onlyUdp: true);
            }
        }

        var known = before.SelectMany(Unforwarded).ToHashSet();
        foreach (FlowKey key in after.SelectMany(Unforwarded).Where(key => !known.Contains(key)))
        {
            _table.Delete(key);
        }
    }

    /// <summary>Ends all flows of listeners, if that is possible.</summary>
    internal void End(IEnumerable<ForwardedListener> listeners)
    {
        if (_table.CanDelete)
        {
            foreach ((ForwardedListener listener, ForwardedServer server) in listeners.SelectMany(l => l.Servers.Select(s => (l, s))))
            {
                End(listener, server, onlyUdp: false);
            }
        }
    }

    /// <summary>Flows of UDP that this host itself answers at a listener's addresses. Where it is for all addresses, they cannot be
    /// told from others, and end by themselves.</summary>
    private static IEnumerable<FlowKey> Unforwarded(ForwardedListener listener) => listener.Binds
        .SelectMany(bind => FlowTable.KeysOf(listener, new ForwardedServer("", bind.Address, bind.Port))
            .Where(key => key.IsUdp && bind.Address.Equals(key.Asked) && key.AskedPort == bind.Port));

    private static bool IsLeft(BalancedServer server, int weight) =>
        weight == 0 && (!server.IsUp || server.IsEjected || server.Admin == AdminState.Maintenance);

    private void End(ForwardedListener listener, ForwardedServer server, bool onlyUdp)
    {
        foreach (FlowKey key in FlowTable.KeysOf(listener, server).Where(key => key.IsUdp || !onlyUdp))
        {
            _table.Delete(key);
        }
    }
}
