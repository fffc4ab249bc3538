using System.Net;
using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Routing;

/// <summary>Which server of a pool a request says itself, found by the code that balances: by a cookie, or by what is hashed. All
/// servers count as usable. For people: it allocates.</summary>
public sealed class ServerExplanation
{
    private ServerExplanation()
    {
    }

    /// <summary>Whether the request has what the pool goes by: the cookie, the header, ….</summary>
    public bool HasKey { get; private init; }

    /// <summary>The server; null: the request does not say it, or only a running process knows.</summary>
    public string? Server { get; private init; }

    /// <summary>Explains a request.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="listener">The listener.</param>
    /// <param name="head">The request's head as it would be on the wire; one that the listener takes.</param>
    /// <param name="client">The client's address, after trusted proxies.</param>
    /// <param name="cluster">The secret of the cluster; null: there is none.</param>
    /// <param name="readSecret">Reads a secret; it may throw what reading a file does.</param>
    public static ServerExplanation Of(
        PoolConfig pool, ListenerConfig listener, string head, IPAddress client, SecretConfig? cluster, Func<SecretConfig, byte[]> readSecret)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(head);
        var request = new RequestHead();
        RequestParser parser = default;
        var limits = new HttpLimits(listener.Limits.RequestLineBytes, listener.Limits.HeadersBytes, listener.Limits.HeaderCount);
        if (parser.Parse(bytes, request, limits) != ParseStatus.Done)
        {
            return new ServerExplanation();
        }

        if (pool.Sticky is { By: StickyKind.Cookie or StickyKind.AppCookie } sticky)
        {
            return ByCookie(pool, sticky, bytes, request, new StickySecrets(cluster, readSecret));
        }

        byte[] ip = client.GetAddressBytes();
        bool isTrusted = listener.TrustedProxies.Any(network => network.Contains(ip));
        return AffinityBuilder.KeysOf(pool) is RequestKeys keys
            && keys.TryHash(bytes, request, Encoding.ASCII.GetBytes(client.ToString()), isTrusted, out ulong key)
            ? new ServerExplanation { HasKey = true, Server = Hashed(pool, key) }
            : new ServerExplanation();
    }

    private static ServerExplanation ByCookie(
        PoolConfig pool, StickyConfig sticky, byte[] bytes, RequestHead request, StickySecrets secrets)
    {
        bool isOurs = sticky.By == StickyKind.Cookie;
        ReadOnlySpan<byte> value = PairText.CookieOf(bytes, request, Encoding.ASCII.GetBytes(isOurs ? sticky.Cookie.Name : sticky.Name));
        ServerState[] servers = [.. pool.Servers.Select(server => new ServerState(server.Name, SocketAddress.OfIp(IPAddress.Loopback, 0)))];
        int bound = isOurs && sticky.Store is null && !value.IsEmpty
            ? AffinityBuilder.Build(pool, servers, previous: null, secrets)!.BoundTo(bytes, request, nowMs: 0)
            : -1;
        return new ServerExplanation { HasKey = !value.IsEmpty, Server = bound < 0 ? null : servers[bound].Name };
    }

    private static string? Hashed(PoolConfig pool, ulong key)
    {
        BalancedServer[] servers = [.. pool.Servers.Select(server =>
        {
            var one = new BalancedServer(server.Name);
            one.Configure(server);
            return one;
        })];
        var options = new RosterOptions(pool.PanicThresholdShare, 0, pool.HashBalancePercent ?? 0);
        var balancer = new PoolBalancer(AffinityBuilder.AlgorithmOf(pool), servers, options, previous: null, nowMs: 0);
        int index = balancer.Current.Pick(new PickRequest { Key = key, HasKey = true });
        return index < 0 ? null : servers[index].Name;
    }
}
