using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>The active checks of a process: probes each server of a pool with a <c>health_check</c> by its own clock. Changes
/// come from one caller at a time; what is found may be read on any thread.</summary>
public sealed class HealthChecks : IDisposable
{
    /// <summary>Probes under way at once, over all servers; further ones wait for their turn, and their time does not run
    /// yet. Enough for 2,000 servers that take 150 ms each, every 5 s.</summary>
    public const int MaxProbes = 64;

    private readonly HealthOptions _options;
    private readonly Func<ProbeTarget, IProbe> _probeOf;
    private readonly SemaphoreSlim _slots = new(MaxProbes, MaxProbes);
    private Dictionary<ProbeTarget, ServerProber> _probers = [];
    private ServerProber[]? _first;

    /// <summary>No checks yet.</summary>
    public HealthChecks(HealthOptions options)
        : this(options, target => ProbeOf(target, options.UserAgent))
    {
    }

    internal HealthChecks(HealthOptions options, Func<ProbeTarget, IProbe> probeOf)
    {
        _options = options;
        _probeOf = probeOf;
    }

    /// <summary>Pools with a server whose first probe has yet to end, among those that were applied first: servers that a
    /// reload adds do not take readiness back.</summary>
    public IReadOnlyList<string> PendingPools => [.. (Volatile.Read(ref _first) ?? [])
        .Where(prober => prober.IsPending)
        .Select(prober => prober.Target.Pool)
        .Distinct(StringComparer.Ordinal)];

    /// <summary>Checks these servers from now on. One that was checked the same way keeps what was found and its place in
    /// time; others begin anew, and those that are gone are not probed any more. O(servers).</summary>
    public void Apply(IEnumerable<CheckedServer> servers)
    {
        Dictionary<ProbeTarget, ServerProber> old = _probers;
        var counted = old.Values.ToDictionary(prober => (prober.Target.Pool, prober.Target.Server), prober => prober.Report);
        var next = new Dictionary<ProbeTarget, ServerProber>();
        var started = new List<ServerProber>();
        foreach (CheckedServer server in servers)
        {
            if (!old.TryGetValue(server.Target, out ServerProber? prober))
            {
                HealthReport? before = counted.GetValueOrDefault((server.Target.Pool, server.Target.Server));
                prober = new ServerProber(server, _probeOf(server.Target), before, _slots, _options);
                started.Add(prober);
            }

            next.Add(server.Target, prober);
        }

        foreach (ServerProber gone in old.Values.Except(next.Values))
        {
            gone.Stop();
        }

        Volatile.Write(ref _probers, next);
        Interlocked.CompareExchange(ref _first, [.. started], null);
        foreach (ServerProber prober in started)
        {
            _ = prober.RunAsync();
        }
    }

    /// <summary>What is known of a server; null: it is not checked.</summary>
    public HealthReport? Find(ProbeTarget target) => Volatile.Read(ref _probers).GetValueOrDefault(target)?.Report;

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

    private static IProbe ProbeOf(ProbeTarget target, string userAgent) => target.Check.Type switch
    {
        HealthCheckType.Http => new HttpProbe(target.Address, target.Check, userAgent),
        HealthCheckType.Tcp => new TcpProbe(target.Address),
        HealthCheckType.Grpc or _ => throw new ArgumentException(
            $"pool {target.Pool}: this version has no health check of type {target.Check.Type}", nameof(target)),
    };
}
