using System.Text;
using Atlas.Core.Configuration;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Retries;

namespace Atlas.Proxy.Snapshots;

/// <summary>A route as the data plane sees it: immutable. Exactly one of <see cref="Pool"/>, <see cref="Split"/> and
/// <see cref="Answer"/> is there.</summary>
/// <param name="Name">What logs call it; empty where nobody named it.</param>
public sealed record RouteSnapshot(string Name)
{
    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>What must be true of a request.</summary>
    public MatchConfig Match { get; init; } = new();

    /// <summary>The pool that serves.</summary>
    public PoolSnapshot? Pool { get; init; }

    /// <summary>The pools of which one serves.</summary>
    public SplitSnapshot? Split { get; init; }

    /// <summary>What the proxy answers itself.</summary>
    public RouteAnswer? Answer { get; init; }

    /// <summary>What copies of requests go to; null: nothing is copied.</summary>
    public MirrorSnapshot? Mirror { get; init; }

    /// <summary>What is changed of requests.</summary>
    public RequestChanges Request { get; init; } = RequestChanges.None;

    /// <summary>What is changed of the fields of responses, those of servers and of <see cref="Answer"/>.</summary>
    public HeaderRules ResponseHeaders { get; init; } = HeaderRules.None;

    /// <summary>Milliseconds from the end of a request's head to the end of its response, all tries included;
    /// <see cref="int.MaxValue"/>: any.</summary>
    public int RequestMs { get; init; } = int.MaxValue;

    /// <summary>When a request is tried again, instead of what the pool says; null: the pool's.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>How many requests may pass; null: any number.</summary>
    public RouteLimit? Limit { get; init; }

    /// <summary>What counts its requests, the same across reloads; null: nothing does.</summary>
    public RouteMetrics? Metrics { get; init; }

    /// <summary>The same route to other pools.</summary>
    /// <param name="next">The pool in place of a pool.</param>
    internal RouteSnapshot With(Func<PoolSnapshot, PoolSnapshot> next) => this with
    {
        Pool = Pool is null ? null : next(Pool),
        Split = Split?.With(next),
        Mirror = Mirror?.With(next),
    };
}
