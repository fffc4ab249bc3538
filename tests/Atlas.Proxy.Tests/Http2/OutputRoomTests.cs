using System.Net;
using System.Text;
using Atlas.Engine.Interop;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Allocation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Frames for which there is no room at first: whoever waits with one goes on, whatever becomes of the room. The events of a
/// turn come in the order that the test gives them.</summary>
public sealed class OutputRoomTests
{
    private const int Pings = 20;

    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

    private static readonly byte[] End = [0, 0, 0, 0, 1, 0, 0, 0, 1];

    // Around what fills a buffer, so that the end of the response has no room in it.
    public static TheoryData<int> Lengths() => [.. Enumerable.Range(0, 45).Select(i => 14_000 + (i * 50))];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void End_RoomTakenByTheConnectionsOwnFrames_IsSent(int length)
    {
        (ReplayLoop loop, ScriptedStream client, ScriptedStream server) = Begin(length);

        client.Give([.. Enumerable.Repeat(Ping, Pings).SelectMany(ping => ping)]);
        server.Give("0\r\n\r\n"u8.ToArray());
        loop.Turn();

        client.Sent[^End.Length..].ShouldBe(End);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void End_ClientFoundGoneWhileRoomIsMade_IsNotAwaited(int length)
    {
        (ReplayLoop loop, ScriptedStream client, ScriptedStream server) = Begin(length);

        client.IsGone = true;
        server.Give("0\r\n\r\n"u8.ToArray());
        loop.Turn();
        loop.Turn();

        client.IsClosed.ShouldBeTrue();
        loop.Buffers.Lent.ShouldBe(0);
    }

    // A response whose content waits to be sent at the end of the turn, and whose end has not come.
    private static (ReplayLoop Loop, ScriptedStream Client, ScriptedStream Server) Begin(int length)
    {
        var loop = new ReplayLoop();
        var client = new ScriptedStream(loop);
        var server = new ScriptedStream(loop);
        loop.Server = server;
        var pool = new PoolSnapshot("p", [new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 80))]);
        new HttpProxy().Handler(new HttpListener(new HttpListenerSnapshot("l", pool)))
            .OnAccepted(loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => { });
        client.Give([.. ClientFrames.Opening, .. ClientFrames.Get(1)]);
        loop.Turn();
        client.Sent.Clear();

        server.Give(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{new string('x', length)}\r\n"));
        client.Sent.ShouldBeEmpty();
        return (loop, client, server);
    }

    /// <summary>A peer that takes everything, until it is gone without a word.</summary>
    private sealed class ScriptedStream(EventLoop loop) : FedStream(loop)
    {
        internal List<byte> Sent { get; } = [];

        internal bool IsGone { get; set; }

        public override int TrySend(ReadOnlySpan<byte> bytes)
        {
            Sent.AddRange(bytes);
            return IsGone ? -Errno.EPIPE : bytes.Length;
        }

        public override void ShutdownSend()
        {
        }

        protected override void CloseCore(bool abort)
        {
        }
    }
}
