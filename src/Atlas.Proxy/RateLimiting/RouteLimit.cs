using System.Security.Cryptography;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Engine.Flows;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.RateLimiting;

/// <summary>The rate limit of a route: immutable but for the clients that it counts, which all workers share and reloads keep.</summary>
public sealed class RouteLimit
{
    // A client changes the rest of its IPv6 address itself (RFC 8981).
    private const int Ipv6PrefixBits = 64;

    private readonly RequestKey _key;
    private readonly RequestKeys _keys;
    private readonly RateLimitTable _table;
    private readonly RateLimitFallback _fallback;
    private readonly StoreState? _store;
    private readonly LimitScript? _script;

    /// <summary>A limit from a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">The limit of the same route until now; null: there was none. Where it goes by the same key, its clients
    /// stay, and a limit that is another one applies to them at once.</param>
    /// <param name="nowUs">The time of the workers' loops.</param>
    /// <param name="name">What the route is called on all nodes that share the store.</param>
    /// <param name="store">The store that decides; null, or one in memory: this node.</param>
    /// <param name="entries">How many clients a new table holds, as of <see cref="RateLimitTable"/>.</param>
    public RouteLimit(
        RateLimitConfig config,
        RouteLimit? previous,
        long nowUs,
        string name = "",
        StoreState? store = null,
        int entries = RateLimitTable.DefaultEntries)
    {
        _key = config.Key;
        _keys = new RequestKeys(config.Key, Ipv6PrefixBits);
        var limit = new Gcra(config.Rate, config.Burst);
        RateLimitTable? kept = previous?._key == config.Key ? previous._table : null;
        _table = kept is null ? new RateLimitTable(limit, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))), entries)
            : kept.Limit.IsSameAs(limit) ? kept
            : kept.With(limit, nowUs);
        if (store?.Redis is not null)
        {
            _store = store;
            _script = new LimitScript(limit, name, config.Key);
            _fallback = config.OnStoreFailure;
        }
    }

    /// <summary>How many clients it can tell apart at once.</summary>
    internal int Entries => _table.Entries;

    /// <summary>Counts a request, or refuses it: the exchange's error then says why.</summary>
    internal Flow PassAsync(WorkerContext context, Downstream session, Exchange x)
    {
        if (_store is null)
        {
            DecideHere(context, session, x, RateLimitSource.Local);
            return default;
        }

        RedisClient client = context.Redis(_store);
        RedisCall call = client.Rent();
        _script!.Write(call, KeyOf(session, x, stackalloc byte[KeyHash.MaxForm]));
        return AskStoreAsync(context, session, x, client, call);
    }

    private async Flow AskStoreAsync(WorkerContext context, Downstream session, Exchange x, RedisClient client, RedisCall call)
    {
        // A client that leaves meanwhile has left, as one does that leaves while a server is awaited.
        session.Client.PeerClosedHandler = x.Relay;
        x.StoreWait = call.Wait;
        RedisStatus status = await client.RunAsync(call);
        x.StoreWait = null;
        session.Client.PeerClosedHandler = null;
        RateDecision decision = default;
        bool isDecided = status == RedisStatus.Ok && _script!.TryRead(call.Replies, out decision);
        string problem = StoreProblem.Of(status, call);
        client.Return(call);
        if (x.ClientGone || status == RedisStatus.Cancelled)
        {
            x.Error = x.ClientGone ? ProxyError.ClientClosed : ProxyError.ShuttingDown;
        }
        else if (isDecided)
        {
            Conclude(context, session, x, decision, RateLimitSource.Store);
        }
        else if (_fallback == RateLimitFallback.Local)
        {
            DecideHere(context, session, x, RateLimitSource.Fallback);
        }
        else
        {
            bool isOpen = _fallback == RateLimitFallback.Open;
            x.Route!.Metrics?.ForWorker(context.Index).RateLimited(RateLimitSource.None, isOpen);
            if (!isOpen)
            {
                x.Detail = problem;
                Refuse(context, session, x, ProxyError.StoreUnavailable);
            }
        }
    }

    private void DecideHere(WorkerContext context, Downstream session, Exchange x, RateLimitSource source)
    {
        ReadOnlySpan<byte> key = KeyOf(session, x, stackalloc byte[KeyHash.MaxForm]);
        Conclude(context, session, x, _table.Decide(key, context.Loop.NowUs, out bool hasEvicted), source);
        if (hasEvicted)
        {
            x.Route!.Metrics?.ForWorker(context.Index).RateLimitEvicted();
        }
    }

    // Empty: the request has none.
    private ReadOnlySpan<byte> KeyOf(Downstream session, Exchange x, Span<byte> form)
    {
        ReadOnlySpan<byte> buffer = x.HeadBytes;
        ReadOnlySpan<byte> clientIp = x.Client.IsEmpty ? session.PeerIp : x.Client.Of(buffer);
        _keys.TryFind(buffer, x.Request, clientIp, session.IsPeerTrusted, form, out ReadOnlySpan<byte> key);
        return key;
    }

    private void Conclude(WorkerContext context, Downstream session, Exchange x, RateDecision decision, RateLimitSource source)
    {
        x.Limit = new RateLimitReport(_table.Limit.Burst, decision);
        x.Route!.Metrics?.ForWorker(context.Index).RateLimited(source, decision.IsAllowed);
        if (!decision.IsAllowed)
        {
            Refuse(context, session, x, ProxyError.RateLimited);
        }
    }

    private static void Refuse(WorkerContext context, Downstream session, Exchange x, ProxyError error)
    {
        // So that the client's answer is found in the log.
        x.Relay.MakeRequestId(context, session);
        x.Error = error;
        x.TakeWholeBody();
    }
}
