using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Atlas.Core.Affinity;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Core.Resilience;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>The gate: once warm, a request over kept connections allocates not a single byte.</summary>
public sealed class RequestAllocationTests
{
    private const int Rounds = 2_000;

    // What a request allocates shows in each window. What the runtime allocates once, when a method is compiled anew amid the
    // run, shows in one.
    private const int Windows = 3;

    public static TheoryData<string, string> Exchanges() => new()
    {
        { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
        { "HEAD / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Request-Id: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" },
        {
            "GET /?q HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x-y\r\nX-Y: z\r\nCookie: a=b\r\nAccept: */*\r\nUser-Agent: c\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nServer: s\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nKeep-Alive: timeout=60\r\nETag: \"e\"\r\n\r\n"
        },
        { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" },
        { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n" },
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n" },
        {
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"
        },
        {
            string.Create(CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n{new string('x', 300_000)}"),
            string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n{new string('y', 300_000)}")
        },
        { "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "" },
    };

    [Fact]
    public void Build_OfTheProduct_IsOptimized()
    {
        // Else async methods have classes for state machines, and what is measured here is not what is shipped.
        typeof(HttpProxy).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false)
            .Cast<DebuggableAttribute>()
            .ShouldAllBe(attribute => !attribute.IsJITOptimizerDisabled);
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void Session_KeptConnections_AllocatesNothingPerRequest(string request, string response) =>
        BytesPerRequest(request, response, new PoolSnapshot("p", [Server()])).ShouldBe(0, "bytes per request");

    [Fact]
    public void Session_PoolWithLimitOutliersAndBreaker_AllocatesNothingPerRequest()
    {
        ServerState server = Server();
        server.Balancing.Configure(new ServerConfig { MaxConnections = 1 });
        var pool = new PoolSnapshot("p", [server])
        {
            ConsecutiveFailures = 5,
            CircuitBreaker = new CircuitBreaker(new CircuitBreakerConfig()),
        };

        BytesPerRequest("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", pool).ShouldBe(0, "bytes per request");
    }

    [Theory]
    [InlineData(RequestKeyKind.ClientIp, "")]
    [InlineData(RequestKeyKind.Host, "")]
    [InlineData(RequestKeyKind.Path, "")]
    [InlineData(RequestKeyKind.Uri, "")]
    [InlineData(RequestKeyKind.Header, "X-User")]
    [InlineData(RequestKeyKind.Header, "X-Missing")]
    [InlineData(RequestKeyKind.Cookie, "id")]
    [InlineData(RequestKeyKind.Query, "id")]
    public void Session_HashedPool_AllocatesNothingPerRequest(RequestKeyKind kind, string name)
    {
        ServerState server = Server();
        var balancer = new PoolBalancer(
            BalanceAlgorithm.ConsistentHash, [server.Balancing], new RosterOptions(0.5, 0, HashBoundPercent: 125), previous: null, nowMs: 0);
        var pool = new PoolSnapshot("p", [server], balancer) { Keys = new RequestKeys(new RequestKey(kind, name), ipv6PrefixBits: 64) };

        BytesPerRequest(
            "GET /a?b=c&id=7 HTTP/1.1\r\nHost: EXAMPLE\r\nCookie: a=b; id=7\r\nX-User: 7\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            pool).ShouldBe(0, "bytes per request");
    }

    [Theory]
    [MemberData(nameof(Routed))]
    public void Session_Routes_AllocateNothingPerRequest(string request, string response)
    {
        var pool = new PoolSnapshot("p", [Server()]);
        var changes = new HeaderRulesConfig { Set = [new HeaderSetting("X-Edge", "1")], Add = [new HeaderSetting("X-More", "2")], Remove = ["X-Debug", "Server"] };
        RouteSnapshot[] routes =
        [
            new("host") { Match = new MatchConfig { Hosts = [new HostPattern("b", IsWildcard: false)] }, Pool = pool },
            new("old") { Match = Prefix("/old/"), Answer = new RedirectAnswer(new RedirectConfig { To = "https://{host}/{rest}{query}" }) },
            new("robots") { Match = Prefix("/fixed/"), Answer = new FixedAnswer(new RespondConfig { Body = "text" }) },
            new("fields")
            {
                Match = new MatchConfig
                {
                    Headers = [new FieldMatch("x-a", new ValuePattern(ValuePatternKind.Regex, "^[0-9]+$"))],
                    Cookies = [new FieldMatch("beta", new ValuePattern(ValuePatternKind.Exact, "1"))],
                    Query = [new FieldMatch("v", new ValuePattern(ValuePatternKind.Prefix, "2"))],
                    Clients = [IpNetwork.Create(IPAddress.Loopback, 8)],
                },
                Pool = pool,
            },
            new("regex")
            {
                Match = new MatchConfig { Paths = [new PathPattern(PathPatternKind.Regex, "^/item/[0-9]+/(a|b)+$")] },
                Split = new SplitSnapshot([(pool, 1), (pool, 3)], isSticky: true),
                RequestMs = 60_000,
            },
            new("api")
            {
                Match = Prefix("/api/"),
                Pool = pool,
                Request = new RequestChanges { Path = new PathRewrite("/api", "/v2", normalize: true), Host = "inner", Headers = new HeaderRules(changes) },
                ResponseHeaders = new HeaderRules(changes),
            },
        ];
        BytesPerRequest(request, response, new HttpListenerSnapshot("l", new ListenerRoutes(routes))).ShouldBe(0, "bytes per request");

        static MatchConfig Prefix(string path) => new() { Paths = [new PathPattern(PathPatternKind.Prefix, path)] };
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public void Session_MirroredRoute_AllocatesNothingPerRequest(string request, string response)
    {
        var mirror = new PoolSnapshot("m", [new ServerState("m", SocketAddress.OfIp(IPAddress.Loopback, 81))]);
        var route = new RouteSnapshot("r") { Pool = new PoolSnapshot("p", [Server()]), Mirror = new MirrorSnapshot(mirror, 1) };

        BytesPerRequest(request, response, new HttpListenerSnapshot("l", new ListenerRoutes([route])), connects: 2)
            .ShouldBe(0, "bytes per request");
    }

    /// <summary>Those that pass, which are all in simulated time, and those that are refused.</summary>
    [Theory]
    [InlineData(RequestKeyKind.ClientIp, "", Gcra.MaxBurst)]
    [InlineData(RequestKeyKind.Header, "X-User", Gcra.MaxBurst)]
    [InlineData(RequestKeyKind.Header, "X-Missing", Gcra.MaxBurst)]
    [InlineData(RequestKeyKind.Uri, "", Gcra.MaxBurst)]
    [InlineData(RequestKeyKind.Route, "", Gcra.MaxBurst)]
    [InlineData(RequestKeyKind.ClientIp, "", 1)]
    public void Session_RateLimitedRoute_AllocatesNothingPerRequest(RequestKeyKind kind, string name, int burst)
    {
        var config = new RateLimitConfig { Rate = new Rate(1, 3_600_000), Burst = burst, Key = new RequestKey(kind, name) };
        var limit = new RouteLimit(config, previous: null, nowUs: 0);
        var metrics = new ProxyMetrics(1).Route("l", "r");
        RouteSnapshot route = burst == 1
            ? new("r") { Answer = new FixedAnswer(new RespondConfig { Body = "text" }), Limit = limit, Metrics = metrics }
            : new("r") { Pool = new PoolSnapshot("p", [Server()]), Limit = limit, Metrics = metrics };

        BytesPerRequest(
            "GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-User: 7\r\n\r\n",
            burst == 1 ? "" : "HTTP/1.1 204 No Content\r\nRateLimit-Limit: 7\r\n\r\n",
            new HttpListenerSnapshot("l", new ListenerRoutes([route]))).ShouldBe(0, "bytes per request");
        (metrics.RateLimited(RateLimitSource.Local, isAllowed: false) > Rounds).ShouldBe(burst == 1);
    }

    public static TheoryData<string, string> Routed() => new()
    {
        { "GET /api/./x/..//%7Ea?q HTTP/1.1\r\nHost: a\r\nX-Debug: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 5\r\n\r\nhello" },
        { "GET /item/17/abab HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
        { "GET /?u=1&v=2.0 HTTP/1.1\r\nHost: a\r\nX-A: 17\r\nCookie: a=b; beta=1\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n" },
        { "GET /old/x//y?q=1 HTTP/1.1\r\nHost: a\r\n\r\n", "" },
        { "GET /fixed/x HTTP/1.1\r\nHost: a\r\n\r\n", "" },
        { "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "" },
        { "GET /%2e%2e;/x HTTP/1.1\r\nHost: a\r\n\r\n", "" },
    };

    [Fact]
    public void Session_StickyClients_AllocateNothingPerRequest()
    {
        ServerState server = Server();
        var ids = new ServerIds("key"u8, "p", [server.Name]);
        var pool = new PoolSnapshot("p", [server]) { Affinity = new PoolAffinity(new StickyCookie(new CookieConfig(), ids)) };
        var learning = new PoolSnapshot("p", [server]) { Affinity = new PoolAffinity("sid", [server], new LearnedClients(10, 60_000)) };
        const string Response = "HTTP/1.1 200 OK\r\nSet-Cookie: sid=1; Path=/\r\nContent-Length: 5\r\n\r\nhello";
        string bound = $"GET / HTTP/1.1\r\nHost: a\r\nCookie: atlas={Encoding.ASCII.GetString(ids[0])}\r\n\r\n";

        BytesPerRequest(bound, Response, pool).ShouldBe(0, "bytes per request of a client with its cookie");
        BytesPerRequest("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Response, pool).ShouldBe(0, "bytes per request of a new client");
        BytesPerRequest("GET / HTTP/1.1\r\nHost: a\r\nCookie: sid=1\r\n\r\n", Response, learning)
            .ShouldBe(0, "bytes per request of a learned client");
    }

    private static ServerState Server() => new("s", SocketAddress.OfIp(IPAddress.Loopback, 80));

    private static double BytesPerRequest(string request, string response, PoolSnapshot pool) =>
        BytesPerRequest(request, response, new HttpListenerSnapshot("l", pool));

    private static double BytesPerRequest(string request, string response, HttpListenerSnapshot snapshot, int connects = 1)
    {
        var loop = new ReplayLoop();
        var client = new ReplayStream(loop, Encoding.Latin1.GetBytes(request));
        var server = new ReplayStream(loop, Encoding.Latin1.GetBytes(response));
        loop.Server = server;
        var mirror = new ReplayStream(loop, Encoding.Latin1.GetBytes(response));
        loop.Mirror = mirror;
        var listener = new HttpListener(snapshot);
        var proxy = new HttpProxy();
        bool ended = false;
        proxy.Handler(listener).OnAccepted(loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => ended = true);

        Run(Rounds);
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least > 0; window++)
        {
            long sent = client.SentBytes;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(Rounds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            (client.SentBytes - sent).ShouldBeGreaterThan(Rounds * 20L);
        }

        ended.ShouldBeFalse();
        loop.Connects.ShouldBe(response.Length == 0 ? 0 : connects);
        return (double)least / Rounds;

        void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                client.Offer();
                loop.Turn();
                if (response.Length > 0)
                {
                    server.Offer();
                    mirror.Offer();
                }

                // Long transfers let others have their turn in between.
                while (loop.Buffers.Lent > 0)
                {
                    loop.Turn();
                }
            }
        }
    }
}
