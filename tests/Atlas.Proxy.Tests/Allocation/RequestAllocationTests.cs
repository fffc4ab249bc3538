using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Resilience;
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
    public void Session_KeptConnections_AllocatesNothingPerRequest(string request, string response)
    {
        var loop = new ReplayLoop();
        var client = new ReplayStream(loop, Encoding.Latin1.GetBytes(request));
        var server = new ReplayStream(loop, Encoding.Latin1.GetBytes(response));
        loop.Server = server;
        var state = new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 80));
        state.Balancing.Configure(new ServerConfig { MaxConnections = 1 });
        var pool = new PoolSnapshot("p", [state])
        {
            ConsecutiveFailures = 5,
            CircuitBreaker = new CircuitBreaker(new CircuitBreakerConfig()),
        };
        var listener = new HttpListener(new HttpListenerSnapshot("l", pool));
        var proxy = new HttpProxy();
        bool ended = false;
        proxy.Handler(listener).OnAccepted(loop, client, state.Address, () => ended = true);

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
        loop.Connects.ShouldBe(response.Length == 0 ? 0 : 1);
        ((double)least / Rounds).ShouldBe(0, "bytes per request");

        void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                client.Offer();
                loop.Turn();
                if (response.Length > 0)
                {
                    server.Offer();
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
