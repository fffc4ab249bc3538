using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What the proxy answers where a route says so.</summary>
public sealed class AnswerTests
{
    private const int Seeds = 12;

    [Theory]
    [InlineData("/old/a/b?x=1", 308, "/new/a/b?x=1")]
    [InlineData("/old/", 308, "/new/")]
    [InlineData("/x/../old//a%2Fb;c", 308, "/new/a%2Fb;c")]
    [InlineData("/old//evil.example/", 308, "/new/evil.example/")]
    [InlineData("/old/%0d%0aSet-Cookie:x", 308, "/new/%0d%0aSet-Cookie:x")]
    [InlineData("/root//evil.example", 302, "/evil.example")]
    [InlineData("/tls/a?q", 301, "https://front.example/tls/a?q")]
    public void Redirect_Placeholders_LeadWhereTheRouteSays(string target, int status, string location) => Run(async world =>
    {
        WireMessage response = await world.AskAsync(Routes.Get(target), status);
        response.Field("location").ShouldBe(location);
        response.Body.ShouldBeEmpty();
        response.Fields.Select(field => field.Name).ShouldBe(["location", "date", "content-length"]);
    });

    [Fact]
    public void Redirect_BehindATrustedProxy_KeepsTheClientsScheme() => Run(
        async world =>
        {
            WireMessage response = await world.AskAsync(Routes.Get("/same/a", "X-Forwarded-Proto: HTTPS\r\n"), 307);
            response.Field("location").ShouldBe("https://front.example/x/same/a");
        },
        front => front with { TrustedProxies = [IpNetwork.Create(System.Net.IPAddress.Any, 0)] });

    [Fact]
    public void Redirect_ToAHostThatNobodyNamed_Is400() => Run(async world => await world.AskAsync("GET /tls/ HTTP/1.0\r\n\r\n", 400));

    [Theory]
    [InlineData("GET", "User-agent: *\n")]
    [InlineData("HEAD", "")]
    public void Respond_Text_IsTheResponse(string method, string body) => Run(async world =>
    {
        WireMessage response = await world.AskAsync($"{method} /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n", 200, method);
        response.Body.ShouldBe(ProxyWorld.Bytes(body));
        response.Field("content-length").ShouldBe("14");
        response.Field("content-type").ShouldBe("text/plain; charset=utf-8");
        response.Field("x-own").ShouldBe("1");
        response.Field("x-route").ShouldBe("2");
    });

    [Fact]
    public void Respond_StatusWithoutContent_HasNoLength() => Run(async world =>
        (await world.AskAsync(Routes.Get("/empty"), 204)).Field("content-length").ShouldBeNull());

    [Fact]
    public void Respond_BodyAtItsLimit_ArrivesWhole() => Run(async world =>
    {
        WireMessage response = await world.AskAsync(Routes.Get("/large"), 200);
        response.Body.Length.ShouldBe(65_536);
        response.Body.ShouldAllBe(one => one == 'x');
        response.Field("content-type").ShouldBe("text/css");
    });

    [Theory]
    [InlineData("POST /robots.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", true)]
    [InlineData("POST /robots.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\nhello", false)]
    [InlineData("POST /robots.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false)]
    public void Respond_ToARequestWithABody_GoesOnOnlyIfItCameWhole(string request, bool goesOn)
    {
        var world = new ProxyWorld(5, SimulationOptions.Calm, listener: Routes.Of(RoutesOf));
        world.Run(async () =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(request));
            WireMessage response = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
            response.Status.ShouldBe(200);
            response.Field("connection").ShouldBe(goesOn ? null : "close");
            if (goesOn)
            {
                await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/empty")));
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(204);
            }
        });
    }

    private static void Run(Func<ProxyWorld, Flow> scenario, Func<HttpListenerSnapshot, HttpListenerSnapshot>? change = null) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, listener: front =>
        {
            HttpListenerSnapshot routed = Routes.Of(RoutesOf)(front);
            return change is null ? routed : change(routed);
        }),
        scenario);

    private static RouteSnapshot[] RoutesOf(PoolSnapshot[] pools) =>
    [
        Redirect("/old/*", "/new/{rest}{query}", 308),
        Redirect("/root/*", "/{rest}", 302),
        Redirect("/tls/*", "https://{host}{path}{query}", 301),
        Redirect("/same/*", "{scheme}://{host}/x{path}", 307),
        new RouteSnapshot("robots")
        {
            Match = Routes.Path("/robots.txt"),
            Answer = new FixedAnswer(new RespondConfig { Body = "User-agent: *\n", Headers = [new HeaderSetting("X-Own", "1")] }),
            ResponseHeaders = new HeaderRules(new HeaderRulesConfig { Set = [new HeaderSetting("X-Route", "2")] }),
        },
        new RouteSnapshot("empty") { Match = Routes.Path("/empty"), Answer = new FixedAnswer(new RespondConfig { Status = 204 }) },
        new RouteSnapshot("large")
        {
            Match = Routes.Path("/large"),
            Answer = new FixedAnswer(new RespondConfig { Body = new string('x', 65_536), Headers = [new HeaderSetting("Content-Type", "text/css")] }),
        },
        new RouteSnapshot("rest") { Pool = pools[0] },
    ];

    private static RouteSnapshot Redirect(string path, string to, int status) => new(path)
    {
        Match = Routes.Path(path),
        Answer = new RedirectAnswer(new RedirectConfig { To = to, Status = status }),
    };
}
