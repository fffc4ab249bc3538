using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>The gate for HTTP/2: once warm, a request to a server of HTTP/1.1 allocates not a single byte.</summary>
public sealed class Http2AllocationTests
{
    private const int Rounds = 1_000;
    private const int Windows = 3;

    // HEADERS that end head and stream: :method GET, :scheme http, :path /, :authority a (RFC 7541 6.1, 6.2.2).
    private static readonly byte[] Get = [0, 0, 6, 1, 5, 0, 0, 0, 0, 0x82, 0x86, 0x84, 0x01, 1, (byte)'a'];

    // POST with five bytes of content in a DATA frame that ends the stream.
    private static readonly byte[] Post =
    [
        0, 0, 6, 1, 4, 0, 0, 0, 0, 0x83, 0x86, 0x84, 0x01, 1, (byte)'a',
        0, 0, 5, 0, 1, 0, 0, 0, 0, .. "hello"u8,
    ];

    public static TheoryData<string, bool, string> Exchanges() => new()
    {
        { "GET", false, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
        { "GET in chunks", false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" },
        { "GET with trailers", false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n" },
        { "GET of nothing", false, "HTTP/1.1 304 Not Modified\r\nServer: s\r\nETag: \"e\"\r\n\r\n" },
        { "POST", true, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void Stream_KeptConnections_AllocatesNothing(string what, bool isPost, string response) =>
        BytesPerRequest(isPost ? Post : Get, response, new HttpListenerSnapshot("l", Pool())).ShouldBe(0, what);

    /// <summary>Its fields are other ones in each response.</summary>
    [Fact]
    public void Stream_RateLimitedRoute_AllocatesNothing()
    {
        var config = new RateLimitConfig { Rate = new Rate(1, 3_600_000), Burst = Gcra.MaxBurst };
        var route = new RouteSnapshot("r") { Pool = Pool(), Limit = new RouteLimit(config, previous: null, nowUs: 0) };

        BytesPerRequest(Get, "HTTP/1.1 204 No Content\r\n\r\n", new HttpListenerSnapshot("l", new ListenerRoutes([route])))
            .ShouldBe(0, "bytes per request");
    }

    private static PoolSnapshot Pool() => new("p", [new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 80))]);

    private static double BytesPerRequest(byte[] request, string response, HttpListenerSnapshot listener)
    {
        var loop = new ReplayLoop();
        var client = new Http2ReplayStream(loop, streams: 1, request);
        var server = new ReplayStream(loop, Encoding.Latin1.GetBytes(response));
        loop.Server = server;
        bool ended = false;
        new HttpProxy().Handler(new HttpListener(listener))
            .OnAccepted(loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => ended = true);
        client.Open();
        loop.Turn();

        Run(Rounds);
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least > 0; window++)
        {
            long sent = client.SentBytes;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(Rounds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            (client.SentBytes - sent).ShouldBeGreaterThan(Rounds * 10L);
        }

        ended.ShouldBeFalse();
        loop.Connects.ShouldBe(1);
        return (double)least / Rounds;

        void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                client.Offer();
                loop.Turn();
                server.Offer();
                do
                {
                    loop.Turn();
                }
                while (loop.Buffers.Lent > 0);
            }
        }
    }
}
