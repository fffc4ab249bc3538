using System.Globalization;
using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>The gate for servers of HTTP/2: once warm, a request allocates not a single byte.</summary>
public sealed class Http2UpstreamAllocationTests
{
    private const int Rounds = 2_000;
    private const int Windows = 3;

    // ":status: 200", and "hello" in a frame of its own, which ends the stream.
    private static readonly byte[] Hello =
        [0, 0, 1, 1, 4, 0, 0, 0, 0, 0x88, 0, 0, 5, 0, 1, 0, 0, 0, 0, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'];

    // The same with a trailer "a: b" at the end.
    private static readonly byte[] HelloWithTrailer =
        [.. Hello[..14], 0, .. Hello[15..], 0, 0, 5, 1, 5, 0, 0, 0, 0, 0, 1, (byte)'a', 1, (byte)'b'];

    public static TheoryData<string, bool> Requests() => new()
    {
        { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false },
        { "GET /?q HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: te\r\nCookie: a=b\r\nUser-Agent: c\r\n\r\n", true },
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", false },
        { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", true },
        { string.Create(CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n{new string('x', 300_000)}"), false },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Session_ServerOfHttp2_AllocatesNothingPerRequest(string request, bool hasTrailers)
    {
        var loop = new ReplayLoop();
        var client = new ReplayStream(loop, Encoding.Latin1.GetBytes(request));
        var server = new Http2ReplayServer(loop, hasTrailers ? HelloWithTrailer : Hello);
        loop.Server = server;
        var pool = new PoolSnapshot("p", [new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 80))]) { Protocol = UpstreamProtocol.Http2 };
        var listener = new HttpListener(new HttpListenerSnapshot("l", pool));
        bool ended = false;
        new HttpProxy().Handler(listener).OnAccepted(loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => ended = true);

        Run();
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least > 0; window++)
        {
            int answered = server.Answered;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            (server.Answered - answered).ShouldBe(Rounds);
        }

        ended.ShouldBeFalse();
        loop.Connects.ShouldBe(1);
        ((double)least / Rounds).ShouldBe(0, "bytes per request");

        void Run()
        {
            for (int i = 0; i < Rounds; i++)
            {
                client.Offer();
                int answered = server.Answered;
                while (server.Answered == answered || loop.Buffers.Lent > 0)
                {
                    loop.Turn();
                    server.Offer();
                }
            }
        }
    }
}
