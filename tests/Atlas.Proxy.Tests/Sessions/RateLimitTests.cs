using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Routes whose clients have used up their limit, and those who have not.</summary>
public sealed class RateLimitTests
{
    private const int Seeds = 16;
    private const int LongMs = 10_000;

    private readonly RouteMetrics _metrics = new ProxyMetrics(workers: 2).Route("front", "r");

    [Fact]
    public void Request_WithinTheLimit_PassesAndIsToldWhatIsLeft() => ForSeeds(new RateLimitConfig { Rate = new Rate(1, 1_000), Burst = 3 }, async world =>
    {
        world.Server.Script = turn => turn.SendAsync(
            "HTTP/1.1 200 OK\r\nRateLimit-Limit: 9\r\nratelimit-remaining: 8\r\nRateLimit-Reset: 7\r\nRateLimit-Policy: p\r\nContent-Length: 2\r\n\r\nok");
        WireMessage response = await world.AskAsync(Routes.Get("/"), 200);

        Told(response).ShouldBe(("3", "2", "1"));
        response.Fields.Count(field => field.Name.StartsWith("RateLimit-", StringComparison.OrdinalIgnoreCase)).ShouldBe(4, "one of each, and the policy");
        response.Field("retry-after").ShouldBeNull();
        world.Server.Seen.ShouldHaveSingleItem();
    });

    [Fact]
    public void Request_PastTheLimit_IsRefusedUntilToldTo() => ForSeeds(new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 2 }, async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        for (int i = 0; i < 4; i++)
        {
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
            WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
            response.Status.ShouldBe(i < 2 ? 200 : 429);
            if (i >= 2)
            {
                Told(response).Limit.ShouldBe("2");
                Told(response).Remaining.ShouldBe("0");
                response.Field("retry-after").ShouldBe("60");
                response.Field("connection").ShouldBeNull("the connection is kept");
                response.Field("proxy-status").ShouldBe("atlas; error=http_request_denied");
                response.Body.ShouldBe(ProxyWorld.Bytes("Too Many Requests\n"));
            }
        }

        world.Server.Seen.Count.ShouldBe(2);
        await world.DelayAsync(60_000);
        await world.AskAsync(Routes.Get("/"), 200);
        (_metrics.RateLimited(RateLimitSource.Local, isAllowed: true), _metrics.RateLimited(RateLimitSource.Local, isAllowed: false)).ShouldBe((3, 2));
    });

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", true)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhello", false)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false)]
    public void Request_WithABodyPastTheLimit_KeepsTheConnectionIfTheBodyCame(string request, bool isKept)
    {
        ProxyWorld world = World(1, new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 1 }, SimulationOptions.Calm);
        world.Run(async () =>
        {
            await world.AskAsync(Routes.Get("/"), 200);
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(request));
            WireMessage response = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
            response.Status.ShouldBe(429);
            response.Field("connection").ShouldBe(isKept ? null : "close");
            if (isKept)
            {
                await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(429);
            }
        });
    }

    [Fact]
    public void Answer_OfTheRouteItself_IsLimitedToo()
    {
        var config = new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 1 };
        var world = new ProxyWorld(1, SimulationOptions.Calm, listener: Routes.Of(_ =>
        [
            new RouteSnapshot("moved") { Match = Routes.Path("/old"), Answer = new RedirectAnswer(new RedirectConfig { To = "/new" }), Limit = Limit(config) },
            new RouteSnapshot("text")
            {
                Answer = new FixedAnswer(new RespondConfig { Body = "text" }),
                ResponseHeaders = new HeaderRules(new HeaderRulesConfig { Remove = ["RateLimit-Limit", "ratelimit-reset"] }),
                Limit = Limit(config),
            },
        ]));
        world.Run(async () =>
        {
            Told(await world.AskAsync(Routes.Get("/old"), 308)).ShouldBe(("1", "0", "60"));
            await world.AskAsync(Routes.Get("/old"), 429);
            Told(await world.AskAsync(Routes.Get("/"), 200)).ShouldBe((null, "0", null), "what the route removes");
            Told(await world.AskAsync(Routes.Get("/"), 429)).ShouldBe(("1", "0", "60"), "who is refused is told why");
        });
    }

    [Theory]
    [InlineData("client_ip", "", "X: 1", "X: 2", false)]
    [InlineData("host", "", "", "", false)]
    [InlineData("route", "", "X-Id: 1", "X-Id: 2", false)]
    [InlineData("header", "X-Id", "X-Id: 1", "X-Id: 2", true)]
    [InlineData("header", "X-Id", "X-Id: 1", "x-id: 1", false)]
    [InlineData("header", "X-Id", "X: 1", "X: 2", false)]
    [InlineData("header", "X-Id", "X-Id: 1", "X: 2", true)]
    [InlineData("cookie", "id", "Cookie: id=1", "Cookie: a=b; id=2", true)]
    [InlineData("cookie", "id", "Cookie: id=1", "Cookie: a=b; id=1", false)]
    public void Request_OfAnotherKey_HasABucketOfItsOwn(string kind, string name, string first, string second, bool isOther)
    {
        var key = new RequestKey(Enum.Parse<RequestKeyKind>(kind.Replace("_", "", StringComparison.Ordinal), ignoreCase: true), name);
        ProxyWorld world = World(1, new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 1, Key = key }, SimulationOptions.Calm);
        world.Run(async () =>
        {
            await world.AskAsync(Get(first), 200);
            await world.AskAsync(Get(second), isOther ? 200 : 429);
        });

        static string Get(string field) => Routes.Get("/", field.Length == 0 ? "" : field + "\r\n");
    }

    [Theory]
    [InlineData("path", "/a?x", "/a?y", false)]
    [InlineData("path", "/a", "/b", true)]
    [InlineData("uri", "/a?x", "/a?y", true)]
    [InlineData("query:id", "/a?id=1", "/b?z&id=1", false)]
    [InlineData("query:id", "/a?id=1", "/a?id=2", true)]
    public void Request_OfAnotherTarget_HasABucketOfItsOwn(string kind, string first, string second, bool isOther)
    {
        string[] parts = kind.Split(':');
        var key = new RequestKey(Enum.Parse<RequestKeyKind>(parts[0], ignoreCase: true), parts.Length > 1 ? parts[1] : "");
        ProxyWorld world = World(1, new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 1, Key = key }, SimulationOptions.Calm);
        world.Run(async () =>
        {
            await world.AskAsync(Routes.Get(first), 200);
            await world.AskAsync(Routes.Get(second), isOther ? 200 : 429);
        });
    }

    /// <summary>Behind a trusted proxy it is the client's own address that counts, of IPv6 its network.</summary>
    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", 429)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 200)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 429)]
    [InlineData("192.0.2.1", "192.0.2.2", 200)]
    public void Request_OfAnotherClient_HasABucketOfItsOwn(string first, string second, int status)
    {
        IpNetwork.TryParse("0.0.0.0/0", out IpNetwork everybody).ShouldBeTrue();
        Func<HttpListenerSnapshot, HttpListenerSnapshot> routes = Front(new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 1 });
        var world = new ProxyWorld(1, SimulationOptions.Calm, listener: front => routes(front) with { TrustedProxies = [everybody] });
        world.Run(async () =>
        {
            await world.AskAsync(Routes.Get("/", $"X-Forwarded-For: {first}\r\n"), 200);
            await world.AskAsync(Routes.Get("/", $"X-Forwarded-For: {second}\r\n"), status);
        });
    }

    /// <summary>One request is counted once, however often it is tried and copied.</summary>
    [Fact]
    public void Request_TriedAgainAndMirrored_IsCountedOnce()
    {
        var config = new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 2 };
        var world = new ProxyWorld(1, SimulationOptions.Calm, servers: 3, listener: front =>
        {
            ServerState[] servers = [.. front.Routes.Routes[0].Pool!.Servers];
            var pool = new PoolSnapshot("p", servers[..2]) { Retry = RetryPolicy.Of(new RetryConfig { Attempts = 1, OnStatuses = [503] }) };
            var mirror = new MirrorSnapshot(new PoolSnapshot("m", servers[2..]), 1);
            return front with { Routes = new ListenerRoutes([new RouteSnapshot("r") { Pool = pool, Mirror = mirror, Limit = Limit(config) }]) };
        });
        world.Servers.ForEach(server => server.Script = turn => turn.SendAsync("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"));
        world.Run(async () =>
        {
            Told(await world.AskAsync(Routes.Get("/"), 503)).Remaining.ShouldBe("1");
            await world.DelayAsync(LongMs);
            world.Servers.Sum(server => server.Seen.Count).ShouldBe(3);
            await world.AskAsync(Routes.Get("/"), 503);
            await world.AskAsync(Routes.Get("/"), 429);
            await world.DelayAsync(LongMs);
            world.Servers.Sum(server => server.Seen.Count).ShouldBe(6);
        });
    }

    [Fact]
    public void Workers_Together_ShareTheLimit()
    {
        var world = new ProxyWorld(
            1, SimulationOptions.Calm, workers: 2, listener: Front(new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 5 }));
        int[] statuses = new int[10];
        world.Run(async () =>
        {
            for (int i = 0; i < statuses.Length; i++)
            {
                (ByteStream client, WireReader reader) = await world.ConnectAsync(worker: i % 2);
                await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
                statuses[i] = (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status;
            }
        });
        statuses.ShouldBe([200, 200, 200, 200, 200, 429, 429, 429, 429, 429]);
    }

    /// <summary>A reload with another limit applies to what clients have used.</summary>
    [Fact]
    public void Reload_OtherLimit_AppliesAtOnceToWhatWasUsed()
    {
        var before = new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 2 };
        ProxyWorld world = World(1, before, SimulationOptions.Calm);
        world.Run(async () =>
        {
            await world.AskAsync(Routes.Get("/"), 200);
            await world.AskAsync(Routes.Get("/"), 200);
            await world.AskAsync(Routes.Get("/"), 429);
            RouteSnapshot route = world.Front.Snapshot.Routes.Routes[0];
            var next = new RouteLimit(before with { Rate = new Rate(1, 1_000), Burst = 5 }, route.Limit, world.NowMs * 1_000);
            world.Front.Snapshot = world.Front.Snapshot with { Routes = new ListenerRoutes([route with { Limit = next }]) };
            Told(await world.AskAsync(Routes.Get("/"), 429)).ShouldBe(("5", "0", "5"));
            await world.DelayAsync(1_000);
            await world.AskAsync(Routes.Get("/"), 200);
            await world.AskAsync(Routes.Get("/"), 429);
        });
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 429, "")]
    [InlineData("POST /s/m HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n", 200, "8")]
    public void Log_OfARefusedRequest_SaysSo(string request, int status, string grpcStatus)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        Func<HttpListenerSnapshot, HttpListenerSnapshot> routes = Front(new RateLimitConfig { Rate = new Rate(1, 60_000), Burst = 1 });
        var world = new ProxyWorld(1, SimulationOptions.Calm, listener: front => routes(front) with { AccessLog = [log.Writer(0, AccessLogFormat.Json)] });
        world.Run(async () =>
        {
            await world.AskAsync(request, 200, request.Split(' ')[0]);
            WireMessage response = await world.AskAsync(request, status, request.Split(' ')[0]);
            response.Field("grpc-status").ShouldBe(grpcStatus.Length == 0 ? null : grpcStatus);
            response.Field("retry-after").ShouldBe("60");
            Told(response).ShouldBe(("1", "0", "60"));
        });
        log.Stop(LongMs).ShouldBeTrue();
        JsonElement line = JsonDocument.Parse(destination.Lines[1]).RootElement;
        line.GetProperty("flag").GetString().ShouldBe("RL");
        line.GetProperty("end").GetString().ShouldBe("rate_limited");
        line.GetProperty("route").GetString().ShouldBe("r");
        line.GetProperty("attempts").GetInt32().ShouldBe(0);
        line.GetProperty("grpc_status").GetString().ShouldBe(grpcStatus);
    }

    private static (string? Limit, string? Remaining, string? Reset) Told(WireMessage response) =>
        (response.Field("ratelimit-limit"), response.Field("ratelimit-remaining"), response.Field("ratelimit-reset"));

    private static RouteLimit Limit(RateLimitConfig config) => new(config, previous: null, nowUs: 0);

    private void ForSeeds(RateLimitConfig config, Func<ProxyWorld, Flow> scenario)
    {
        // Counts of one run must not be added to those of another.
        bool isFirst = true;
        ProxyWorld.ForSeeds(
            Seeds,
            seed =>
            {
                RouteMetrics? metrics = isFirst ? _metrics : null;
                isFirst = false;
                return World(seed, config, options: null, metrics);
            },
            scenario);
    }

    private static ProxyWorld World(int seed, RateLimitConfig config, SimulationOptions? options, RouteMetrics? metrics = null) =>
        new(seed, options, listener: Front(config, metrics));

    private static Func<HttpListenerSnapshot, HttpListenerSnapshot> Front(RateLimitConfig config, RouteMetrics? metrics = null) =>
        Routes.Of(pools => [new RouteSnapshot("r") { Pool = pools[0], Limit = Limit(config), Metrics = metrics }]);
}
