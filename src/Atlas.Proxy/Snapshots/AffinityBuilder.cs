using Atlas.Core.Affinity;
using Atlas.Core.Configuration;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Snapshots;

/// <summary>
/// What a pool's <c>sticky</c> comes to.
/// <code>
///   by            the client's server is                        a client without it
///   cookie        named by Atlas' cookie                        goes where balancing says and gets the cookie
///   app_cookie    learned from the application's cookie         goes where balancing says
///   ip, header    computed: consistent hashing of it            goes at random, by weight
///   with a store  learned, on all nodes that share it           goes as above, and is bound there
/// </code>
/// </summary>
internal static class AffinityBuilder
{
    // Clients of an application's cookie that are kept for each pool, some 10 MB, and how long after their last request.
    private const int LearnedCapacity = 100_000;
    private const int LearnedMs = 3_600_000;

    // The same with a store: where that is this process's memory, nobody else knows them.
    private const int SharedCapacity = 1_000_000;

    // Ids are the same on all nodes and after a restart also where neither pool nor cluster has a secret. They tell no name then
    // either, but who knows a server's name can make its id.
    private static ReadOnlySpan<byte> NoSecret => "atlas"u8;

    /// <summary>How the pool chooses.</summary>
    internal static BalanceAlgorithm AlgorithmOf(PoolConfig pool) =>
        pool.Sticky is { By: StickyKind.Ip or StickyKind.Header } ? BalanceAlgorithm.ConsistentHash : pool.Balance;

    /// <summary>What of a request the pool's hashing goes by; null: it does not hash.</summary>
    internal static RequestKeys? KeysOf(PoolConfig pool) => pool switch
    {
        { Sticky: { By: StickyKind.Header, Name: string name } } =>
            new RequestKeys(new RequestKey(RequestKeyKind.Header, name), pool.HashIpv6PrefixBits),
        { Sticky.By: StickyKind.Ip } or { Balance: BalanceAlgorithm.IpHash } =>
            new RequestKeys(RequestKey.ClientIp, pool.HashIpv6PrefixBits),
        { Balance: BalanceAlgorithm.ConsistentHash } => new RequestKeys(pool.HashKey, pool.HashIpv6PrefixBits),
        _ => null,
    };

    /// <summary>What binds its clients; null: nothing, or what is computed. O(servers).</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="servers">Its servers, in its order.</param>
    /// <param name="previous">What bound them until now.</param>
    /// <param name="secrets">The secret of its ids.</param>
    internal static PoolAffinity? Build(PoolConfig pool, IReadOnlyList<ServerState> servers, PoolAffinity? previous, StickySecrets secrets)
    {
        if (pool.Sticky is not { By: StickyKind.Cookie or StickyKind.AppCookie, Store: null } sticky)
        {
            return null;
        }

        if (sticky.By == StickyKind.AppCookie)
        {
            return new PoolAffinity(
                sticky.Name, servers, previous?.Learned ?? new LearnedClients(LearnedCapacity, LearnedMs));
        }

        return new PoolAffinity(new StickyCookie(sticky.Cookie, IdsOf(pool, sticky, servers, secrets)));
    }

    /// <summary>What binds its clients in a store; null: nothing does. O(servers).</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="servers">Its servers, in its order.</param>
    /// <param name="stores">The stores.</param>
    /// <param name="previous">What bound them until now.</param>
    /// <param name="secrets">The secret of its ids.</param>
    internal static SharedAffinity? BuildShared(
        PoolConfig pool,
        IReadOnlyList<ServerState> servers,
        IReadOnlyList<StoreState> stores,
        SharedAffinity? previous,
        StickySecrets secrets) =>
        pool.Sticky is not { Store: string name } sticky ? null
            : new SharedAffinity(
                sticky, pool.Name, servers, LearnedOf(sticky, previous), stores.First(store => store.Name == name), IdsOf(pool, sticky, servers, secrets));

    private static ServerIds IdsOf(PoolConfig pool, StickyConfig sticky, IReadOnlyList<ServerState> servers, StickySecrets secrets) => new(
        secrets.Find(sticky) is byte[] secret ? secret : NoSecret, pool.Name, [.. servers.Select(server => server.Name)]);

    // Clients that are known by something else are others.
    private static LearnedClients LearnedOf(StickyConfig sticky, SharedAffinity? previous) =>
        previous is not null && previous.Sticky == sticky ? previous.Learned : new LearnedClients(SharedCapacity, sticky.TtlSeconds * 1_000L);
}
