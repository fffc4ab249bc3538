using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Allocation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Connections that are closed while the last bytes of TLS are kept for their clients.</summary>
public sealed class LingeringTests
{
    private readonly ReplayLoop _loop = new();
    private readonly HttpProxy _proxy = new();
    private readonly HttpListener _front = new(new HttpListenerSnapshot("l", new PoolSnapshot("p", []))
    {
        Routes = new ListenerRoutes([new RouteSnapshot("r") { Answer = new FixedAnswer(new RespondConfig { Status = 204 }) }]),
    });

    private bool _hasEnded;

    [Fact]
    public void Drain_AfterTheClose_LimitsIt()
    {
        KeepingStream client = Ask();
        client.IsLingering.ShouldBeTrue();
        client.IdleMs.ShouldBeNull();

        _proxy.Drain(_front);

        client.IdleMs.ShouldBe(LingeringClose.IdleMs);
        _hasEnded.ShouldBeFalse();
    }

    [Fact]
    public void Drain_BeforeTheClose_LimitsIt()
    {
        _front.BeginDrain(0);

        Ask().IdleMs.ShouldBe(LingeringClose.IdleMs);
    }

    [Fact]
    public void Abort_EndsIt()
    {
        KeepingStream client = Ask();

        _proxy.Abort(_front, tunnels: false);

        client.IdleMs.ShouldBe(0);
    }

    // It counts as open until then.
    [Fact]
    public void Gone_IsNotLimitedAnyMore()
    {
        KeepingStream client = Ask();
        _hasEnded.ShouldBeFalse();
        client.Go();
        _hasEnded.ShouldBeTrue();

        _proxy.Drain(_front);

        client.IdleMs.ShouldBeNull();
    }

    private KeepingStream Ask()
    {
        var client = new KeepingStream(_loop);
        _proxy.Handler(_front).OnAccepted(_loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => _hasEnded = true);
        client.Ask();
        return client;
    }

    /// <summary>Asks once, and keeps what it got after the close, as TLS does for a client that takes nothing.</summary>
    private sealed class KeepingStream(EventLoop loop) : ByteStream(loop)
    {
        private byte[] _request = "GET / HTTP/1.0\r\n\r\n"u8.ToArray();
        private Action? _gone;
        private bool _isGone;

        internal int? IdleMs { get; private set; }

        public override bool IsLingering => IsClosed && !_isGone;

        public override void LimitLinger(int idleMs) => IdleMs = idleMs;

        public override void WhenGone(Action action) => _gone = action;

        public override int TryReceive(Span<byte> buffer)
        {
            int length = _request.Length;
            _request.CopyTo(buffer);
            _request = [];
            ReceiveDrained(foundNothing: length == 0);
            return length == 0 ? WouldBlock : length;
        }

        public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.Length + second.Length;

        public override int Peek() => _request.Length > 0 ? 1 : WouldBlock;

        public override void ShutdownSend()
        {
        }

        internal void Ask() => SignalReceive();

        internal void Go()
        {
            _isGone = true;
            _gone!();
        }

        protected override void CloseCore(bool abort)
        {
        }
    }
}
