using System.Net;
using Atlas.Core.Affinity;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Proxy.Tests.Stores;
using Atlas.Proxy.Tests.UserSessions;
using Atlas.Proxy.UserSessions;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Affinity;

/// <summary>Clients whose server a Redis knows, which answers or does not.</summary>
public sealed class SharedAffinityStoreTests
{
    private const int TimeoutMs = 20;
    private static readonly StickyConfig ByAppCookie = new() { By = StickyKind.AppCookie, Name = "sid" };

    private readonly FakeRedis _redis = new();

    [Fact]
    public void Find_StoreDoesNotAnswerAndTheServerIsOut_DoesNotOverwriteWhatOtherNodesBound() => Run(async world =>
    {
        _redis.Answer = command => command.StartsWith("GETEX", StringComparison.Ordinal) ? "$2\r\ns1\r\n" : "+OK\r\n";
        await AskAsync(world);
        world.Servers[1].Seen.Count.ShouldBe(1);
        world.Pool.Servers[1].Balancing.Admin = AdminState.Maintenance;
        world.Pool.Balancer.Refresh(world.NowMs);
        await world.DelayAsync(11_000);

        // Another node has found the same, and bound the client.
        _redis.DelayMs = 2 * TimeoutMs;
        await AskAsync(world);
        await world.DelayAsync(100);
        _redis.Commands[^1].ShouldStartWith("SET ");
        _redis.Commands[^1].ShouldEndWith(" NX");
        _redis.DelayMs = 0;
        _redis.Answer = command => command.StartsWith("GETEX", StringComparison.Ordinal) ? "$2\r\ns2\r\n" : "+OK\r\n";
        int seen = world.Servers[2].Seen.Count;
        await AskAsync(world);
        world.Servers[2].Seen.Count.ShouldBe(seen + 1);
    });

    [Fact]
    public void Find_StoreSaysAServerThatIsOut_BindsToAnother() => Run(async world =>
    {
        _redis.Answer = command => command.StartsWith("GETEX", StringComparison.Ordinal) ? "$2\r\ns1\r\n" : "+OK\r\n";
        world.Pool.Servers[1].Balancing.Admin = AdminState.Maintenance;
        world.Pool.Balancer.Refresh(world.NowMs);
        await AskAsync(world);
        await world.DelayAsync(100);

        _redis.Commands[^1].ShouldStartWith("SET ");
        _redis.Commands[^1].ShouldNotEndWith(" NX");
    });

    [Fact]
    public void Exchange_TimePassesWhileItsSessionIsRead_LetsTheNextOneFindItsServer()
    {
        const int limitMs = 500;
        var store = new TestStore(1 << 20) { AnswerMs = 2 * limitMs };
        var session = new SessionSnapshot(new SessionConfig { Name = "shop", Store = "here", Cookie = new CookieConfig { Name = "cart" } }, store);
        _redis.Answer = command => command.StartsWith("GETEX", StringComparison.Ordinal) ? "$2\r\ns2\r\n" : "+OK\r\n";
        Run(
            async world =>
            {
                (ByteStream client, WireReader reader) = await world.ConnectAsync();
                await client.SendAllAsync(ProxyWorld.Bytes(
                    Routes.Get("/first", "Cookie: sid=a; cart=AAAAAAAAAAAAAAAAAAAAAA\r\n") + Routes.Get("/next", "Cookie: sid=b\r\n")));
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(504);
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
                client.Close();

                world.Servers.SelectMany(server => server.Seen).ShouldHaveSingleItem();
                world.Servers[2].Seen.ShouldHaveSingleItem().Target.ShouldBe("/next");
            },
            session,
            limitMs);
    }

    private void Run(Func<ProxyWorld, Flow> scenario, SessionSnapshot? session = null, int limitMs = int.MaxValue)
    {
        var endpoint = new RedisEndpoint("10.0.0.1", 6379);
        var state = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions { TimeoutMs = TimeoutMs }, workers: 1)
        {
            Topology = RedisTopology.Of(endpoint),
        };
        var world = new ProxyWorld(
            seed: 3,
            SimulationOptions.Calm,
            servers: 3,
            pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
            {
                Session = session,
                SharedAffinity = new SharedAffinity(
                    ByAppCookie,
                    pool.Name,
                    pool.Servers,
                    new LearnedClients(100, ByAppCookie.TtlSeconds * 1_000),
                    state,
                    new ServerIds("key"u8, pool.Name, [.. pool.Servers.Select(server => server.Name)])),
            },
            listener: front => front with
            {
                Routes = new ListenerRoutes([new RouteSnapshot("all") { Pool = front.Routes.Routes[0].Pool, RequestMs = limitMs }]),
            });
        world.Network.Listen(SocketAddress.OfIp(IPAddress.Parse(endpoint.Host), endpoint.Port), world.Network.AddLoop(), _redis);
        world.Run(async () =>
        {
            await scenario(world);
            world.Proxy.Forget(state);
            await world.DelayAsync(60_000);
        });
    }

    private static ResultFlow<WireMessage> AskAsync(ProxyWorld world) => world.AskAsync(Routes.Get("/", "Cookie: sid=a\r\n"), 200);
}
