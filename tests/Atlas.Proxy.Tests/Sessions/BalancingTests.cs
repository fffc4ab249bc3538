using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What requests bring to the choice of a server, and what becomes of them.</summary>
public sealed class BalancingTests
{
    private const int Users = 40;

    [Fact]
    public void Session_HashedPool_KeepsEachUserAtItsServer() => ProxyWorld.ForSeeds(
        8,
        seed => new ProxyWorld(seed, servers: 4, pool: Hashed),
        async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            for (int request = 0; request < 3 * Users; request++)
            {
                await client.SendAllAsync(ProxyWorld.Bytes($"GET /{request} HTTP/1.1\r\nHost: a\r\nX-User: {request % Users}\r\n\r\n"));
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            }

            world.Servers.SelectMany(server => UsersOf(server).Distinct()).Count().ShouldBe(Users);
            world.Servers.ShouldAllBe(server => server.Seen.Count > 0);
        });

    [Fact]
    public void Session_HashedServerFails_ItsUsersGoElsewhere() => ProxyWorld.ForSeeds(
        8,
        seed => new ProxyWorld(seed, servers: 4, pool: Hashed),
        async world =>
        {
            world.Servers[1].Listener.Refuses = true;
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            for (int request = 0; request < 2 * Users; request++)
            {
                await client.SendAllAsync(ProxyWorld.Bytes($"GET /{request} HTTP/1.1\r\nHost: a\r\nX-User: {request % Users}\r\n\r\n"));
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            }

            world.Servers.SelectMany(server => UsersOf(server).Distinct()).Count().ShouldBe(Users);
        });

    private static IEnumerable<string?> UsersOf(WireServer server) => server.Seen.Select(request => request.Field("x-user"));

    private static PoolSnapshot Hashed(PoolSnapshot pool)
    {
        BalancedServer[] servers = [.. pool.Servers.Select(server => server.Balancing)];
        var balancer = new PoolBalancer(BalanceAlgorithm.ConsistentHash, servers, new RosterOptions(0.5, 0), previous: null, nowMs: 0);
        return new PoolSnapshot(pool.Name, pool.Servers, balancer)
        {
            Keys = new RequestKeys(new RequestKey(RequestKeyKind.Header, "X-User"), ipv6PrefixBits: 64),
        };
    }
}
