using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>The gate for requests that a store decides on.</summary>
public sealed class StoredLimitAllocationTests
{
    private const int Rounds = 2_000;
    private const string Greeting = "+OK\r\n+PONG\r\n";
    private const string Allowed = "*4\r\n:1\r\n:1000\r\n:0\r\n:1700000000000000\r\n";

    [Fact]
    public void Session_LimitInAStore_AllocatesNothingPerRequest()
    {
        var loop = new ReplayLoop();
        var redis = new RedisStream(loop);
        loop.Server = redis;
        var store = new StoreState(new StoreConfig { Name = "s", Type = StoreType.Redis }, new RedisOptions(), workers: 1)
        {
            Topology = RedisTopology.Of(new RedisEndpoint("127.0.0.1", 80)),
        };
        var config = new RateLimitConfig { Rate = new Rate(1, 1_000), Burst = 10, Store = "s" };
        RouteMetrics metrics = new ProxyMetrics(1).Route("l", "r");
        var route = new RouteSnapshot("r")
        {
            Answer = new FixedAnswer(new RespondConfig { Body = "text" }),
            Limit = new RouteLimit(config, previous: null, nowUs: 0, "l/r", store),
            Metrics = metrics,
        };
        var client = new ReplayStream(loop, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var listener = new HttpListener(new HttpListenerSnapshot("l", new ListenerRoutes([route])));
        new HttpProxy().Handler(listener).OnAccepted(loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => { });

        Ask(Greeting);
        store.Health.ShouldBe(StoreHealth.Up);
        byte[] allowed = Encoding.ASCII.GetBytes(Allowed);

        // What the runtime allocates once is in the first of them.
        Allocations.Of(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                client.Offer();
                loop.Turn();
                redis.Offer(allowed);
                loop.Turn();
            }
        }).ShouldBe(0);
        metrics.RateLimited(RateLimitSource.Store, isAllowed: true).ShouldBeGreaterThanOrEqualTo(2 * Rounds);

        void Ask(string answer)
        {
            client.Offer();
            loop.Turn();
            redis.Offer(Encoding.ASCII.GetBytes(answer));
            loop.Turn();
        }
    }

    /// <summary>A server that takes all that is sent, and answers when it is told to.</summary>
    private sealed class RedisStream(ReplayLoop loop) : ByteStream(loop)
    {
        private byte[] _reply = [];

        public override SocketAddress? LocalAddress => SocketAddress.OfIp(IPAddress.Loopback, 80);

        internal void Offer(byte[] reply)
        {
            _reply = reply;
            SignalReceive();
        }

        public override int TryReceive(Span<byte> buffer)
        {
            int length = _reply.Length;
            _reply.CopyTo(buffer);
            _reply = [];
            ReceiveDrained(foundNothing: length == 0);
            return length == 0 ? WouldBlock : length;
        }

        public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.Length + second.Length;

        public override int Peek() => WouldBlock;

        public override void ShutdownSend()
        {
        }

        protected override void CloseCore(bool abort)
        {
        }
    }
}
