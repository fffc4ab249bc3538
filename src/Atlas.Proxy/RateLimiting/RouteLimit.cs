using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Engine.Flows;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.RateLimiting;

/// <summary>The rate limit of a route: immutable but for the clients that it counts, which all workers share and reloads keep.</summary>
public sealed class RouteLimit
{
    // A client changes the rest of its IPv6 address itself (RFC 8981).
    private const int Ipv6PrefixBits = 64;

    private readonly RequestKey _key;
    private readonly RequestKeys _keys;
    private readonly RateLimitTable _table;

    /// <summary>A limit from a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">The limit of the same route until now; null: there was none. Where it goes by the same key, its clients
    /// stay, and a limit that is another one applies to them at once.</param>
    /// <param name="nowUs">The time of the workers' loops.</param>
    public RouteLimit(RateLimitConfig config, RouteLimit? previous, long nowUs)
    {
        _key = config.Key;
        _keys = new RequestKeys(config.Key, Ipv6PrefixBits);
        var limit = new Gcra(config.Rate, config.Burst);
        RateLimitTable? kept = previous?._key == config.Key ? previous._table : null;
        _table = kept is null ? new RateLimitTable(limit, Random.Shared.NextInt64())
            : kept.Limit.IsSameAs(limit) ? kept
            : kept.With(limit, nowUs);
    }

    /// <summary>Counts a request, or refuses it: the exchange's error then says why.</summary>
    internal Flow PassAsync(WorkerContext context, Downstream session, Exchange x)
    {
        ReadOnlySpan<byte> buffer = x.HeadBytes;
        ReadOnlySpan<byte> clientIp = x.Client.IsEmpty ? session.PeerIp : x.Client.Of(buffer);
        _keys.TryFind(buffer, x.Request, clientIp, session.IsPeerTrusted, stackalloc byte[KeyHash.MaxForm], out ReadOnlySpan<byte> key);
        RateDecision decision = _table.Decide(key, context.Loop.NowUs, out bool hasEvicted);
        Conclude(context, x, decision, RateLimitSource.Local);
        if (hasEvicted)
        {
            x.Route!.Metrics?.ForWorker(context.Index).RateLimitEvicted();
        }

        return default;
    }

    private void Conclude(WorkerContext context, Exchange x, RateDecision decision, RateLimitSource source)
    {
        x.Limit = new RateLimitReport(_table.Limit.Burst, decision);
        x.Route!.Metrics?.ForWorker(context.Index).RateLimited(source, decision.IsAllowed);
        if (!decision.IsAllowed)
        {
            x.Error = ProxyError.RateLimited;
            x.TakeWholeBody();
        }
    }
}
