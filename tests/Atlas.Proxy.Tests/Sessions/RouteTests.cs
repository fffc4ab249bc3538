using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Engine.Streams;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Which server gets a request, and what it gets of it.</summary>
public sealed class RouteTests
{
    private const int Seeds = 12;

    [Theory]
    [InlineData("/api/users", "", "s0")]
    [InlineData("/static/a.css", "", "s1")]
    [InlineData("/", "Cookie: a=1; beta=1\r\n", "s1")]
    [InlineData("/", "Cookie: beta=2\r\n", "s2")]
    [InlineData("/", "AUTHORIZATION: Bearer x\r\n", "s0")]
    [InlineData("/", "X-Forwarded-For: 10.1.2.3, 127.0.0.1\r\n", "s2")]
    [InlineData("/item/17", "", "s1")]
    [InlineData("/?q=1", "", "s2")]
    public void Request_OneOfManyRoutes_GoesToItsServer(string target, string fields, string server) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 3, listener: Routes.Of(pools =>
        [
            new RouteSnapshot("api") { Match = Routes.Path("/api/*"), Pool = pools[0] },
            new RouteSnapshot("static") { Match = Routes.Path("/static/*"), Pool = pools[1] },
            new RouteSnapshot("item") { Match = new MatchConfig { Paths = [new PathPattern(PathPatternKind.Regex, "^/item/[0-9]+$")] }, Pool = pools[1] },
            new RouteSnapshot("beta")
            {
                Match = new MatchConfig { Cookies = [new FieldMatch("beta", new ValuePattern(ValuePatternKind.Exact, "1"))] },
                Pool = pools[1],
            },
            new RouteSnapshot("token")
            {
                Match = new MatchConfig { Headers = [new FieldMatch("authorization", new ValuePattern(ValuePatternKind.Prefix, "Bearer "))] },
                Pool = pools[0],
            },
            new RouteSnapshot("rest") { Pool = pools[2] },
        ])),
        async world =>
        {
            await world.AskAsync(Routes.Get(target, fields), 200);
            world.Servers.Where(s => s.Seen.Count > 0).Select(s => s.State.Name).ShouldBe([server]);
        });

    /// <summary>A field that its server does not get as the client sent it chooses no route.</summary>
    [Theory]
    [InlineData("x-user", "X-User: 1\r\n", false, true)]
    [InlineData("x-user", "X-User: 1\r\nConnection: x-user\r\n", false, false)]
    [InlineData("x_user", "X_User: 1\r\n", false, false)]
    [InlineData("x-forwarded-proto", "X-Forwarded-Proto: https\r\n", false, false)]
    [InlineData("x-forwarded-proto", "X-Forwarded-Proto: https\r\n", true, true)]
    [InlineData("forwarded", "Forwarded: for=10.0.0.1\r\n", false, false)]
    public void Request_FieldThatIsNotBelieved_ChoosesNoRoute(string name, string fields, bool isTrusted, bool isChosen) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 2, listener: front => Routes.Of(pools =>
        [
            new RouteSnapshot("with")
            {
                Match = new MatchConfig { Headers = [new FieldMatch(name, new ValuePattern(ValuePatternKind.Present, ""))] },
                Pool = pools[0],
            },
            new RouteSnapshot("without") { Pool = pools[1] },
        ])(front) with { TrustedProxies = isTrusted ? [IpNetwork.Create(IPAddress.Any, 0)] : [] }),
        async world =>
        {
            await world.AskAsync(Routes.Get("/", fields), 200);
            world.Servers[isChosen ? 0 : 1].Seen.Count.ShouldBe(1);
        });

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    public void Request_ClientBehindATrustedProxy_IsMatchedByItsOwnAddress(string client, bool isInside) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 2, listener: front => Routes.Of(pools =>
        [
            new RouteSnapshot("inside") { Match = new MatchConfig { Clients = [IpNetwork.Create(IPAddress.Parse("10.0.0.0"), 8)] }, Pool = pools[0] },
            new RouteSnapshot("outside") { Pool = pools[1] },
        ])(front) with { TrustedProxies = [IpNetwork.Create(IPAddress.Any, 0)] }),
        async world =>
        {
            await world.AskAsync(Routes.Get("/", $"X-Forwarded-For: {client}\r\n"), 200);
            world.Servers[isInside ? 0 : 1].Seen.Count.ShouldBe(1);
        });

    [Fact]
    public void Request_NoRouteTakesIt_Is404AndTheConnectionGoesOn() => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, listener: Routes.Of(pools => [new RouteSnapshot("a") { Match = Routes.Path("/a"), Pool = pools[0] }])),
        async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/b") + Routes.Get("/a")));
            WireMessage refused = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
            refused.Status.ShouldBe(404);
            refused.Field("proxy-status").ShouldBe("atlas; error=destination_not_found");
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            world.Server.Seen.ShouldHaveSingleItem().Target.ShouldBe("/a");
        });

    [Theory]
    [InlineData(EncodedSlashPolicy.Keep, "/api/a%2Fb?x=1", 200, null)]
    [InlineData(EncodedSlashPolicy.Reject, "/api/a%2Fb?x=1", 400, null)]
    [InlineData(EncodedSlashPolicy.Redirect, "/api/a%2Fb?x=1", 308, "/api/a/b?x=1")]
    [InlineData(EncodedSlashPolicy.Redirect, "/%2Fevil.example/%5C", 308, "/evil.example/")]
    [InlineData(EncodedSlashPolicy.Reject, "/api/ab", 200, null)]
    [InlineData(EncodedSlashPolicy.Keep, "/api/..%2Fb", 400, null)]
    [InlineData(EncodedSlashPolicy.Keep, "/api/..;/b", 400, null)]
    [InlineData(EncodedSlashPolicy.Keep, "/api/%00", 400, null)]
    public void Path_EncodedSlashes_FollowThePolicy(EncodedSlashPolicy policy, string target, int status, string? location) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, listener: front => front with { EncodedSlashes = policy }),
        async world =>
        {
            WireMessage response = await world.AskAsync(Routes.Get(target), status);
            response.Field("location").ShouldBe(location);
            world.Server.Seen.Select(request => request.Target).ShouldBe(status == 200 ? [target] : []);
        });

    [Fact]
    public void Request_Changes_ReachTheServerAndTheClient() => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, listener: Routes.Of(pools =>
        [
            new RouteSnapshot("api")
            {
                Pool = pools[0],
                Request = new RequestChanges
                {
                    Path = new PathRewrite("/api", "/v2", normalize: false),
                    Host = "inner.example",
                    Headers = new HeaderRules(new HeaderRulesConfig { Set = [new HeaderSetting("X-Edge", "1")], Remove = ["x-debug"] }),
                },
                ResponseHeaders = new HeaderRules(new HeaderRulesConfig { Add = [new HeaderSetting("X-Out", "2")], Remove = ["SERVER"] }),
            },
        ])),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync("HTTP/1.1 200 OK\r\nServer: s\r\nX-Own: 3\r\nContent-Length: 0\r\n\r\n");
            WireMessage response = await world.AskAsync(Routes.Get("/x/../api/a%2Fb?q", "X-Debug: 1\r\nX-Edge: client\r\n"), 200);
            WireMessage request = world.Server.Seen.ShouldHaveSingleItem();
            request.Target.ShouldBe("/v2/a%2Fb?q");
            request.Field("host").ShouldBe("inner.example");
            request.Field("x-forwarded-host").ShouldBe("front.example");
            request.Field("x-edge").ShouldBe("1");
            request.Field("x-debug").ShouldBeNull();
            (response.Field("x-out"), response.Field("x-own"), response.Field("server")).ShouldBe(("2", "3", null));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Split_ByWeight_TakesAllItsPoolsUnlessItIsSticky(bool isSticky)
    {
        var world = new ProxyWorld(7, SimulationOptions.Calm, servers: 3, listener: Routes.Of(pools =>
            [new RouteSnapshot("split") { Split = new SplitSnapshot([(pools[0], 50), (pools[1], 50), (pools[2], 0)], isSticky) }]));
        world.Run(async () =>
        {
            for (int i = 0; i < 64; i++)
            {
                await world.AskAsync(Routes.Get("/"), 200);
            }
        });

        int[] seen = [.. world.Servers.Select(server => server.Seen.Count).Order()];
        seen[0].ShouldBe(0);
        if (isSticky)
        {
            seen.ShouldBe([0, 0, 64]);
        }
        else
        {
            // A fair coin that lands on one side less than 8 times in 64 has not been seen.
            seen[1].ShouldBeGreaterThan(8);
        }
    }
}
