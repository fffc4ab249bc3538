using Atlas.Core.Affinity;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.Sessions;
using Atlas.Engine.Flows;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tests.Sessions;

namespace Atlas.Proxy.Tests.Affinity;

/// <summary>Clients whose server a store knows: one in memory here, so that nothing but the node's own knowledge counts.</summary>
public sealed class SharedAffinityTests
{
    private const int Seeds = 8;

    [Fact]
    public void ByCookie_ANewClient_GetsAnIdAndStays() => ForSeeds(new StickyConfig(), async world =>
    {
        WireMessage first = await AskAsync(world);
        string cookie = first.Field("set-cookie").ShouldNotBeNull();
        string id = cookie["atlas=".Length..].Split(';')[0];
        SessionId.TryParse(System.Text.Encoding.ASCII.GetBytes(id.Split('.')[0]), out SessionId _).ShouldBeTrue();
        world.Pool.SharedAffinity!.Learned.Count.ShouldBe(0);
        cookie.ShouldBe($"atlas={id}; Path=/; HttpOnly; SameSite=Lax");
        for (int i = 0; i < 5; i++)
        {
            (await AskAsync(world, $"Cookie: atlas={id}\r\n")).Field("set-cookie").ShouldBeNull();
        }

        world.Servers.Select(server => server.Seen.Count).Order().ShouldBe([0, 0, 6]);
    });

    [Fact]
    public void ByCookie_NewClients_AreSpreadEvenly() => ForSeeds(new StickyConfig(), async world =>
    {
        for (int i = 0; i < 9; i++)
        {
            await AskAsync(world);
        }

        world.Servers.ShouldAllBe(server => server.Seen.Count == 3);
    });

    [Fact]
    public void ByCookie_TheServerIsOut_BindsToAnotherForGood() => ForSeeds(new StickyConfig(), async world =>
    {
        string id = (await AskAsync(world)).Field("set-cookie")!["atlas=".Length..].Split(';')[0];
        int server = world.Servers.FindIndex(one => one.Seen.Count == 1);
        world.Pool.Servers[server].Balancing.Admin = AdminState.Maintenance;
        world.Pool.Balancer.Refresh(world.NowMs);
        await AskAsync(world, $"Cookie: atlas={id}\r\n");
        int next = world.Servers.FindIndex(one => one.Seen.Count == 1 && one != world.Servers[server]);
        world.Pool.Servers[server].Balancing.Admin = AdminState.Ready;
        world.Pool.Balancer.Refresh(world.NowMs);

        await AskAsync(world, $"Cookie: atlas={id}\r\n");

        world.Servers[next].Seen.Count.ShouldBe(2);
    });

    [Fact]
    public void ByAppCookie_TheServerThatSetIt_KeepsItsClient() => ForSeeds(new StickyConfig { By = StickyKind.AppCookie, Name = "sid" }, async world =>
    {
        foreach (WireServer server in world.Servers)
        {
            server.Script = turn => turn.SendAsync(
                turn.Request.Field("cookie") is null
                    ? $"HTTP/1.1 200 OK\r\nSet-Cookie: sid={server.State.Name}; Path=/\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }

        for (int i = 0; i < 3; i++)
        {
            await AskAsync(world);
        }

        foreach (WireServer server in world.Servers)
        {
            for (int i = 0; i < 3; i++)
            {
                await AskAsync(world, $"Cookie: sid={server.State.Name}\r\n");
            }
        }

        world.Servers.ShouldAllBe(server => server.Seen.Count == 4 && server.Seen.Skip(1).All(r => r.Field("cookie") == $"sid={server.State.Name}"));
    });

    [Fact]
    public void Session_OfAMinute_IsForgottenAfterIt() => ForSeeds(new StickyConfig { By = StickyKind.AppCookie, Name = "sid", TtlSeconds = 60 }, async world =>
    {
        await AskAsync(world, "Cookie: sid=a\r\n");
        await AskAsync(world, "Cookie: sid=a\r\n");
        await world.DelayAsync(61_000);

        await AskAsync(world, "Cookie: sid=a\r\n");

        world.Servers.Select(server => server.Seen.Count).Order().ShouldBe([0, 1, 2]);
    });

    private static void ForSeeds(StickyConfig sticky, Func<ProxyWorld, Flow> scenario) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 3, pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
        {
            SharedAffinity = new SharedAffinity(
                sticky,
                pool.Name,
                pool.Servers,
                new LearnedClients(100, sticky.TtlSeconds * 1_000),
                new StoreState(new StoreConfig { Name = "here" }, redis: null, workers: 1),
                new ServerIds("key"u8, pool.Name, [.. pool.Servers.Select(server => server.Name)])),
        }),
        scenario);

    private static ResultFlow<WireMessage> AskAsync(ProxyWorld world, string fields = "") =>
        world.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", 200);
}
