using System.Net;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Allocation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Clients that send without a pause.</summary>
public sealed class BusyInputTests
{
    private const int SecondMs = 1_000;

    [Fact]
    public void Client_WhoseInputNeverPauses_IsEndedWhenItIsIdleForTooLong()
    {
        (ReplayLoop loop, PingingStream client, HttpListenerSnapshot listener) = Start(new HttpListenerSnapshot("l", Pool()));

        Turn(loop, client, listener.IdleMs - (2 * SecondMs));
        client.HasEndedSending.ShouldBeFalse();
        Turn(loop, client, 4 * SecondMs);

        client.HasEndedSending.ShouldBeTrue();
    }

    [Fact]
    public void Client_WhoseInputNeverPauses_IsToldToGoAtItsGreatestAge()
    {
        (ReplayLoop loop, PingingStream client, HttpListenerSnapshot listener) =
            Start(new HttpListenerSnapshot("l", Pool()) { MaxAgeMs = 20 * SecondMs, IdleMs = 1_000 * SecondMs });

        // Give or take a tenth, and the last call.
        Turn(loop, client, listener.MaxAgeMs + (10 * SecondMs));

        client.HasEndedSending.ShouldBeTrue();
    }

    private static PoolSnapshot Pool() => new("p", [new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 80))]);

    private static (ReplayLoop Loop, PingingStream Client, HttpListenerSnapshot Listener) Start(HttpListenerSnapshot listener)
    {
        var loop = new ReplayLoop();
        var client = new PingingStream(loop);
        new HttpProxy().Handler(new HttpListener(listener))
            .OnAccepted(loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => { });
        return (loop, client, listener);
    }

    private static void Turn(ReplayLoop loop, PingingStream client, int ms)
    {
        for (int passed = 0; passed < ms && !client.HasEndedSending; passed += SecondMs)
        {
            loop.Turn(SecondMs);
        }
    }

    /// <summary>A client whose next byte of a PING is always there.</summary>
    private sealed class PingingStream : ByteStream
    {
        private static readonly byte[] Opening = [.. Http2Connection.Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0];
        private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

        private int _at;

        internal PingingStream(EventLoop loop)
            : base(loop) => SignalReceive();

        internal bool HasEndedSending { get; private set; }

        public override int TryReceive(Span<byte> buffer)
        {
            if (_at == 0)
            {
                Opening.CopyTo(buffer);
                _at = Opening.Length;
                return Opening.Length;
            }

            buffer[0] = Ping[(_at++ - Opening.Length) % Ping.Length];
            return 1;
        }

        public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.Length + second.Length;

        public override int Peek() => 1;

        public override void ShutdownSend() => HasEndedSending = true;

        protected override void CloseCore(bool abort) => HasEndedSending = true;
    }
}
