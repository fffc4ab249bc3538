using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>The active checks of a process: probes each server of a pool with a <c>health_check</c>. Servers of several pools
/// at the same address with equal checks are probed once for all; different checks of an address have nothing to do with
/// each other. Changes come from one caller at a time; what is found may be read on any thread.</summary>
public sealed class HealthChecks : IDisposable
{
    /// <summary>Probes under way at once, over all servers; further ones wait for their turn, and their time does not run
    /// yet. Enough for 2,000 servers that take 150 ms each, every 5 s.</summary>
    public const int MaxProbes = 64;

    private readonly HealthOptions _options;
    private readonly Func<ProbeSubject, IProbe> _probeOf;
    private readonly SemaphoreSlim _slots = new(MaxProbes, MaxProbes);
    private readonly Dictionary<ProbeSubject, ServerProber> _probers = [];
    private Dictionary<ProbeTarget, HealthSubscription> _subscriptions = [];
    private HealthSubscription[]? _first;

    /// <summary>No checks yet.</summary>
    public HealthChecks(HealthOptions options)
        : this(options, subject => ProbeOf(subject, options.UserAgent))
    {
    }

    internal HealthChecks(HealthOptions options, Func<ProbeSubject, IProbe> probeOf)
    {
        _options = options;
        _probeOf = probeOf;
    }

    /// <summary>Pools with a server whose first probe has yet to end, among those that were applied first: servers that a
    /// reload adds do not take readiness back.</summary>
    public IReadOnlyList<string> PendingPools => [.. (Volatile.Read(ref _first) ?? [])
        .Where(server => server.IsPending)
        .Select(server => server.Target.Pool)
        .Distinct(StringComparer.Ordinal)];

    /// <summary>Checks these servers from now on. One that was checked the same way keeps what was found and its place in
    /// time, as does an address whose check another server had; others begin anew, and those that are gone are not probed
    /// any more. O(servers).</summary>
    public void Apply(IEnumerable<CheckedServer> servers)
    {
        Dictionary<ProbeTarget, HealthSubscription> old = _subscriptions;
        var counted = old.Values.ToDictionary(server => (server.Target.Pool, server.Target.Server), server => server.Report);
        CheckedServer[] all = [.. servers];
        ILookup<ProbeSubject, CheckedServer> bySubject = all.ToLookup(server => server.Target.Subject);
        var next = new Dictionary<ProbeTarget, HealthSubscription>();
        var begun = new List<(HealthSubscription Server, ServerProber Prober)>();
        var started = new List<ServerProber>();
        foreach (CheckedServer server in all)
        {
            if (old.TryGetValue(server.Target, out HealthSubscription? subscription))
            {
                subscription.GoOnFor(server);
            }
            else
            {
                ServerProber prober = ProberOf(bySubject[server.Target.Subject], started);
                HealthReport? before = counted.GetValueOrDefault((server.Target.Pool, server.Target.Server));
                subscription = new HealthSubscription(server, prober, before, _options);
                begun.Add((subscription, prober));
            }

            next.Add(server.Target, subscription);
        }

        Replace(old, next, begun);
        Interlocked.CompareExchange(ref _first, [.. begun.Select(one => one.Server)], null);
        foreach (ServerProber prober in started)
        {
            _ = prober.RunAsync();
        }
    }

    /// <summary>Leaves a server alone for a while, or probes it again. What is known of it stays, and counting goes on there.
    /// Any thread; waits for nothing. Without effect on a server that is not checked.</summary>
    public void Pause(string pool, string server, bool isPaused)
    {
        foreach ((ProbeTarget target, HealthSubscription subscription) in Volatile.Read(ref _subscriptions))
        {
            if (target.Server == server && target.Pool == pool)
            {
                subscription.IsPaused = isPaused;
            }
        }
    }

    /// <summary>The same of one server and its check. O(1).</summary>
    public void Pause(ProbeTarget target, bool isPaused)
    {
        if (Volatile.Read(ref _subscriptions).TryGetValue(target, out HealthSubscription? subscription))
        {
            subscription.IsPaused = isPaused;
        }
    }

    /// <summary>Has a server be probed at once, whenever its next probe is due, unless it is left alone. Any thread; waits for
    /// nothing. Without effect on a server that is not checked.</summary>
    public void Hurry(string pool, string server)
    {
        foreach ((ProbeTarget target, HealthSubscription subscription) in Volatile.Read(ref _subscriptions))
        {
            if (target.Server == server && target.Pool == pool)
            {
                subscription.Hurry();
            }
        }
    }

    /// <summary>What is known of a server; null: it is not checked.</summary>
    public HealthReport? Find(ProbeTarget target) => Volatile.Read(ref _subscriptions).GetValueOrDefault(target)?.Report;

    /// <summary>Ends all checks. What was found stays in force and can be read.</summary>
    public void Stop()
    {
        foreach (ServerProber prober in _probers.Values)
        {
            prober.Stop();
        }
    }

    /// <summary>Ends all checks.</summary>
    public void Dispose() => Stop();

    /// <summary>The prober of these servers, which are all alike; a new one is added to <paramref name="started"/>.</summary>
    private ServerProber ProberOf(IEnumerable<CheckedServer> servers, List<ServerProber> started)
    {
        ProbeSubject subject = servers.First().Target.Subject;
        if (!_probers.TryGetValue(subject, out ServerProber? prober))
        {
            bool isKnown = servers.Any(server => server.IsKnown);
            prober = new ServerProber(subject.Check, _probeOf(subject), isKnown, _slots, _options);
            _probers.Add(subject, prober);
            started.Add(prober);
        }

        return prober;
    }

    /// <summary>Those that begin join before those that are gone leave, so that a prober with another owner goes on.</summary>
    private void Replace(
        Dictionary<ProbeTarget, HealthSubscription> old,
        Dictionary<ProbeTarget, HealthSubscription> next,
        List<(HealthSubscription Server, ServerProber Prober)> begun)
    {
        foreach ((HealthSubscription server, ServerProber prober) in begun)
        {
            prober.Add(server);
        }

        foreach (HealthSubscription gone in old.Values.Except(next.Values))
        {
            gone.End();
        }

        Volatile.Write(ref _subscriptions, next);
        foreach ((ProbeSubject subject, _) in _probers.Where(prober => prober.Value.IsStopped).ToList())
        {
            _probers.Remove(subject);
        }
    }

    private static IProbe ProbeOf(ProbeSubject subject, string userAgent) => subject.Check.Type switch
    {
        HealthCheckType.Http => new HttpProbe(
            subject.Address, subject.Check, userAgent, subject.ProxyProtocol, subject.Security, subject.IsHttp2),
        HealthCheckType.Tcp => new TcpProbe(subject.Address, subject.ProxyProtocol, subject.Security, subject.IsHttp2),
        HealthCheckType.Grpc => new GrpcProbe(subject.Address, subject.Check, userAgent, subject.ProxyProtocol, subject.Security),
        HealthCheckType.Udp => new UdpProbe(subject.Address, subject.Check),
        _ => throw new ArgumentException($"there is no health check of type {subject.Check.Type}", nameof(subject)),
    };
}
