using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tests.Allocation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>The gate for calls to Redis: once warm, one allocates not a single byte.</summary>
public sealed class RedisAllocationTests
{
    private const int Calls = 1_000;

    private static readonly byte[] Reply = Encoding.ASCII.GetBytes("$5\r\nhello\r\n");
    private static readonly RedisScript Script = new("return redis.call('GET', KEYS[1])");

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void RunAsync_Warm_AllocatesNothing(int concurrent)
    {
        var loop = new ReplayLoop();
        var server = new CountingStream(loop);
        loop.Server = server;
        var store = new StoreState(new StoreConfig { Name = "s" }, new RedisOptions(), workers: 1)
        {
            Topology = RedisTopology.Of(new RedisEndpoint("127.0.0.1", 80)),
        };
        var client = new RedisClient(loop, store);
        loop.Turn();
        server.Answer("+OK\r\n+PONG\r\n"u8.ToArray(), 1);
        loop.Turn();
        store.Health.ShouldBe(StoreHealth.Up);

        Caller[] callers = [.. Enumerable.Range(0, concurrent).Select(i => new Caller(client, isScript: i % 2 == 0))];
        Allocations.Of(Run).ShouldBe(0);
        callers.Sum(caller => caller.Answered).ShouldBeGreaterThanOrEqualTo(Calls);

        void Run()
        {
            for (int i = 0; i < Calls; i += concurrent)
            {
                foreach (Caller caller in callers)
                {
                    caller.Begin();
                }

                loop.Turn();
                server.Answer(Reply, concurrent);
                loop.Turn();
            }
        }
    }

    private static bool IsHello(RedisCall call)
    {
        RespReader replies = call.Replies;
        return replies.TryReadBulk(out ReadOnlySpan<byte> bytes) && bytes.SequenceEqual("hello"u8);
    }

    /// <summary>Makes calls. It is no async method, since the compiler makes those allocate where it does not optimize.</summary>
    private sealed class Caller
    {
        private readonly RedisClient _client;
        private readonly bool _isScript;
        private readonly Continuation _end;
        private RedisCall? _call;
        private ResultFlow<RedisStatus>.Awaiter _awaiter;

        internal Caller(RedisClient client, bool isScript)
        {
            _client = client;
            _isScript = isScript;
            _end = Continuation.Of(End);
        }

        internal int Answered { get; private set; }

        internal void Begin()
        {
            _call = _client.Rent();
            if (_isScript)
            {
                _call.Script(Script, 1).Key("key"u8).Part(17);
            }
            else
            {
                _call.Command(2).Part("GET"u8).Key("key"u8);
            }

            _awaiter = _client.RunAsync(_call).GetAwaiter();
            _awaiter.OnCompleted(_end);
        }

        private void End()
        {
            Answered += _awaiter.GetResult() == RedisStatus.Ok && IsHello(_call!) ? 1 : 0;
            _client.Return(_call!);
        }
    }

    /// <summary>A server that takes all that is sent, and answers when it is told to.</summary>
    private sealed class CountingStream(ReplayLoop loop) : ByteStream(loop)
    {
        private byte[] _reply = [];
        private int _left;

        public override SocketAddress? LocalAddress => SocketAddress.OfIp(IPAddress.Loopback, 80);

        public override int TryReceive(Span<byte> buffer)
        {
            int length = 0;
            for (; _left > 0 && buffer.Length - length >= _reply.Length; _left--)
            {
                _reply.CopyTo(buffer[length..]);
                length += _reply.Length;
            }

            if (_left == 0)
            {
                ReceiveDrained(foundNothing: length == 0);
            }

            return length == 0 ? WouldBlock : length;
        }

        public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.Length + second.Length;

        public override int Peek() => WouldBlock;

        public override void ShutdownSend()
        {
        }

        internal void Answer(byte[] reply, int count)
        {
            _reply = reply;
            _left = count;
            SignalReceive();
        }

        protected override void CloseCore(bool abort)
        {
        }
    }
}
