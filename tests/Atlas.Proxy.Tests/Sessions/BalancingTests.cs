using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
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

    [Fact]
    public void Session_LeastTime_KnowsHowLongTheServerTook() => ProxyWorld.ForSeeds(
        8,
        seed => new ProxyWorld(seed, SimulationOptions.Calm, pool: LeastTime),
        async world =>
        {
            Answer(world.Server, delayMs: 300, "200 OK");
            await RequestAsync(world);

            LatencyMs(world.Server, world).ShouldBeInRange(300, 400);
        });

    [Theory]
    [InlineData("502 Bad Gateway", true)]
    [InlineData("503 Service Unavailable", true)]
    [InlineData("504 Gateway Timeout", true)]
    [InlineData("500 Internal Server Error", false)]
    [InlineData("501 Not Implemented", false)]
    public void Session_LeastTimeAndAStatusOfFailure_CountsAsSlow(string status, bool isSlow) => ProxyWorld.ForSeeds(
        4,
        seed => new ProxyWorld(seed, SimulationOptions.Calm, pool: LeastTime),
        async world =>
        {
            Answer(world.Server, delayMs: 1, status);
            await RequestAsync(world);

            (LatencyMs(world.Server, world) > 9_000).ShouldBe(isSlow);
        });

    [Fact]
    public void Session_LeastTimeAndAServerThatRefuses_CountsAsSlow() => ProxyWorld.ForSeeds(
        4,
        seed => new ProxyWorld(seed, SimulationOptions.Calm, pool: LeastTime),
        async world =>
        {
            world.Server.Listener.Refuses = true;
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(502);

            LatencyMs(world.Server, world).ShouldBeGreaterThan(9_000);
        });

    [Fact]
    public void Session_LeastTimeAndASlowClient_DoesNotCount() => ProxyWorld.ForSeeds(
        4,
        seed => new ProxyWorld(seed, SimulationOptions.Calm, pool: LeastTime),
        async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe"));
            await world.DelayAsync(5_000);
            await client.SendAllAsync("llo"u8.ToArray());
            (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(200);

            LatencyMs(world.Server, world).ShouldBe(0);
        });

    [Fact]
    public void Session_LeastTimeAndOneSlowServer_AsksTheOthers() => ProxyWorld.ForSeeds(
        4,
        seed => new ProxyWorld(seed, SimulationOptions.Calm, servers: 3, pool: LeastTime),
        async world =>
        {
            Answer(world.Servers[1], delayMs: 1_000, "200 OK");

            // What nothing is known of counts as the average of the others: until one that is fast is known, chance decides.
            while (world.Servers[0].Seen.Count + world.Servers[2].Seen.Count == 0)
            {
                await RequestAsync(world);
            }

            int before = world.Servers[1].Seen.Count;
            for (int request = 0; request < 100; request++)
            {
                await RequestAsync(world);
            }

            world.Servers[1].Seen.Count.ShouldBeLessThanOrEqualTo(before + 1);
        });

    private static void Answer(WireServer server, int delayMs, string status) => server.Script = async turn =>
    {
        await turn.Loop.DelayAsync(delayMs);
        await turn.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
    };

    private static async Flow RequestAsync(ProxyWorld world)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        client.Close();
    }

    private static double LatencyMs(WireServer server, ProxyWorld world) => server.State.Balancing.LatencyAt(world.Loop.NowUs) / 1_000;

    private static IEnumerable<string?> UsersOf(WireServer server) => server.Seen.Select(request => request.Field("x-user"));

    private static PoolSnapshot Hashed(PoolSnapshot pool) => new(pool.Name, pool.Servers, Balancer(pool, BalanceAlgorithm.ConsistentHash))
    {
        Keys = new RequestKeys(new RequestKey(RequestKeyKind.Header, "X-User"), ipv6PrefixBits: 64),
    };

    private static PoolSnapshot LeastTime(PoolSnapshot pool) => new(pool.Name, pool.Servers, Balancer(pool, BalanceAlgorithm.LeastTime))
    {
        ObservesLatency = true,
    };

    private static PoolBalancer Balancer(PoolSnapshot pool, BalanceAlgorithm algorithm) =>
        new(algorithm, [.. pool.Servers.Select(server => server.Balancing)], new RosterOptions(0.5, 0), previous: null, nowMs: 0);
}
