using System.Text;
using Atlas.Core.Affinity;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Engine.Flows;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Clients that stay with their server.</summary>
public sealed class StickyTests
{
    private const int Seeds = 8;
    private const string Plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void Request_WithoutACookie_GetsOneForTheServerThatAnswered() => ForSeeds(ByCookie, async world =>
    {
        WireMessage answer = await AskAsync(world);

        string id = CookieOf(answer).ShouldNotBeNull();
        world.Pool.Affinity.ShouldNotBeNull();
        Ids(world).IndexOf(Encoding.ASCII.GetBytes(id)).ShouldBe(ServerThatSaw(world, 1));
        answer.Field("set-cookie").ShouldBe($"atlas={id}; Path=/; HttpOnly; SameSite=Lax");
    });

    [Fact]
    public void Requests_WithTheirCookie_AllReachTheirServerAndGetNoOther() => ForSeeds(ByCookie, async world =>
    {
        string id = CookieOf(await AskAsync(world)).ShouldNotBeNull();
        int server = ServerThatSaw(world, 1);
        for (int i = 0; i < 5; i++)
        {
            CookieOf(await AskAsync(world, $"Cookie: a=b; atlas={id}\r\n")).ShouldBeNull();
        }

        world.Servers[server].Seen.Count.ShouldBe(6);
    });

    [Fact]
    public void Requests_WithoutCookies_AreSpreadEvenly() => ForSeeds(ByCookie, async world =>
    {
        for (int i = 0; i < 9; i++)
        {
            await AskAsync(world);
        }

        world.Servers.ShouldAllBe(server => server.Seen.Count == 3);
    });

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("192.0.2.1:8080")]
    [InlineData("")]
    public void Request_WithACookieThatIsNoServers_GetsANewOne(string value) => ForSeeds(ByCookie, async world =>
        CookieOf(await AskAsync(world, $"Cookie: atlas={value}\r\n")).ShouldNotBeNull());

    [Fact]
    public void Request_ItsServerDrains_StaysWhileNewClientsGoElsewhere() => ForSeeds(ByCookie, async world =>
    {
        string id = CookieOf(await AskAsync(world)).ShouldNotBeNull();
        int server = ServerThatSaw(world, 1);
        world.Pool.Servers[server].Balancing.Admin = AdminState.Drain;
        world.Pool.Balancer.Refresh(world.NowMs);

        CookieOf(await AskAsync(world, $"Cookie: atlas={id}\r\n")).ShouldBeNull();
        for (int i = 0; i < 6; i++)
        {
            await AskAsync(world);
        }

        world.Servers[server].Seen.Count.ShouldBe(2);
    });

    [Theory]
    [InlineData(AdminState.Maintenance, true, false)]
    [InlineData(AdminState.Ready, false, false)]
    [InlineData(AdminState.Ready, true, true)]
    public void Request_ItsServerIsOut_IsBoundToAnother(AdminState admin, bool isUp, bool isEjected) => ForSeeds(ByCookie, async world =>
    {
        string id = CookieOf(await AskAsync(world)).ShouldNotBeNull();
        int server = ServerThatSaw(world, 1);
        BalancedServer state = world.Pool.Servers[server].Balancing;
        (state.Admin, state.IsUp, state.IsEjected) = (admin, isUp, isEjected);
        world.Pool.Balancer.Refresh(world.NowMs);

        string other = CookieOf(await AskAsync(world, $"Cookie: atlas={id}\r\n")).ShouldNotBeNull();

        other.ShouldNotBe(id);
        world.Servers[server].Seen.Count.ShouldBe(1);
    });

    [Fact]
    public void Request_ItsServerRefuses_IsTriedElsewhereAndBoundThere() => ForSeeds(ByCookie, async world =>
    {
        string id = CookieOf(await AskAsync(world)).ShouldNotBeNull();
        int server = ServerThatSaw(world, 1);
        world.Servers[server].Listener.Close();
        foreach (var stream in world.Servers[server].Streams)
        {
            stream.Abort();
        }

        string other = CookieOf(await AskAsync(world, $"Cookie: atlas={id}\r\n")).ShouldNotBeNull();

        other.ShouldNotBe(id);
    });

    [Fact]
    public void Request_ItsServerIsFull_WaitsForIt() => ForSeeds(ByCookie, async world =>
    {
        string id = CookieOf(await AskAsync(world)).ShouldNotBeNull();
        int server = ServerThatSaw(world, 1);
        BalancedServer state = world.Pool.Servers[server].Balancing;
        state.Configure(new ServerConfig { MaxConnections = 1 });
        state.TryBegin().ShouldBeTrue();
        world.Guard(async () =>
        {
            await world.DelayAsync(100);
            world.Pool.End(world.Pool.Servers[server], world.Loop);
        });

        CookieOf(await AskAsync(world, $"Cookie: atlas={id}\r\n")).ShouldBeNull();

        world.Servers[server].Seen.Count.ShouldBe(2);
    });

    [Fact]
    public void Requests_WithTheApplicationsCookie_ReachTheServerThatSetIt() => ForSeeds(ByAppCookie, async world =>
    {
        foreach (WireServer server in world.Servers)
        {
            server.Script = turn => turn.SendAsync(
                $"HTTP/1.1 200 OK\r\nSet-Cookie: sid={server.State.Name}-1; Path=/\r\nContent-Length: 0\r\n\r\n");
        }

        WireMessage first = await AskAsync(world);
        int owner = ServerThatSaw(world, 1);
        for (int i = 0; i < 5; i++)
        {
            await AskAsync(world, $"Cookie: sid=s{owner}-1\r\n");
        }

        CookieOf(first).ShouldBeNull();
        world.Servers[owner].Seen.Count.ShouldBe(6);
    });

    [Fact]
    public void Requests_WithTheApplicationsCookieThatNobodyKnows_StayWhereTheFirstWent() => ForSeeds(ByAppCookie, async world =>
    {
        for (int i = 0; i < 6; i++)
        {
            await AskAsync(world, "Cookie: sid=old\r\n");
        }

        world.Servers.Count(server => server.Seen.Count == 6).ShouldBe(1);
    });

    private static void ForSeeds(Func<PoolSnapshot, PoolSnapshot> pool, Func<ProxyWorld, Flow> scenario) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 3, pool: pool),
        async world =>
        {
            foreach (WireServer server in world.Servers)
            {
                server.Script = turn => turn.SendAsync(Plain);
            }

            await scenario(world);
        });

    private static PoolSnapshot ByCookie(PoolSnapshot pool) => new(pool.Name, pool.Servers)
    {
        Affinity = new PoolAffinity(new StickyCookie(new CookieConfig(), new ServerIds("key"u8, pool.Name, [.. pool.Servers.Select(s => s.Name)]))),
    };

    private static PoolSnapshot ByAppCookie(PoolSnapshot pool) => new(pool.Name, pool.Servers)
    {
        Affinity = new PoolAffinity("sid", pool.Servers, new LearnedClients(100, 60_000)),
    };

    private static ServerIds Ids(ProxyWorld world) => new("key"u8, "pool", [.. world.Pool.Servers.Select(s => s.Name)]);

    private static ResultFlow<WireMessage> AskAsync(ProxyWorld world, string fields = "") =>
        world.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", 200);

    private static int ServerThatSaw(ProxyWorld world, int requests) =>
        world.Servers.FindIndex(server => server.Seen.Count == requests);

    private static string? CookieOf(WireMessage answer)
    {
        string? cookie = answer.Fields.Select(field => field.Value).FirstOrDefault(value => value.StartsWith("atlas=", StringComparison.Ordinal));
        return cookie?["atlas=".Length..].Split(';')[0];
    }
}
