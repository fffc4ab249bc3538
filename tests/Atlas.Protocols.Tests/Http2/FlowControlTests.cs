using Atlas.Protocols.Http2;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>Windows of what is sent and of what comes (RFC 9113 5.2, 6.9).</summary>
public sealed class FlowControlTests
{
    private const string Head = "HTTP/1.1 200 OK\r\n\r\n";

    private static readonly Http2Limits Small = Http2Limits.Default with { StreamWindow = 65535, ConnectionWindow = 100_000 };

    // 6.9.2: a stream begins with the window that SETTINGS say.
    [Fact]
    public void Send_WithAWindowOfOne_SendsAByteAtATime()
    {
        Side side = Side.Server(null, (4, 1));
        Http2Stream stream = Begin(side, 1);

        side.Data(stream, "abc").ShouldBe(1);
        stream.IsBlocked.ShouldBeTrue();
        side.Data(stream, "bc").ShouldBe(0);
        side.Feed(WindowUpdate(1, 1));
        side.Events.ShouldEndWith("window 1");
        stream.IsBlocked.ShouldBeFalse();
        side.Data(stream, "bc").ShouldBe(1);
        side.Feed(WindowUpdate(1, 5));
        side.Data(stream, "c").ShouldBe(1);

        side.Sent().ShouldBe("HEADERS 1 | DATA 1 1 | DATA 1 1 | DATA 1 1 end");
    }

    // 6.9.1: the end needs no window.
    [Fact]
    public void Send_TheEndWithAShutWindow_IsSent()
    {
        Side side = Side.Server(null, (4, 0));
        Http2Stream stream = Begin(side, 1);

        side.Data(stream, "", end: true).ShouldBe(0);

        side.Sent().ShouldBe("HEADERS 1 | DATA 1 0 end");
        side.Connection.StreamCount.ShouldBe(0);
    }

    // 6.9.2: a window becomes negative, and nothing is sent until it is positive.
    [Fact]
    public void Send_WindowMadeNegative_WaitsUntilItIsPositive()
    {
        Side side = Side.Server(null, (4, 3));
        Http2Stream stream = Begin(side, 1);
        side.Data(stream, "abcdef").ShouldBe(3);

        side.Feed(Settings((4, 1)));
        stream.SendWindow.ShouldBe(-2);
        side.Feed(WindowUpdate(1, 2));
        side.Data(stream, "def").ShouldBe(0);
        side.Events.ShouldNotContain("window");
        side.Feed(WindowUpdate(1, 1));
        side.Events.ShouldEndWith("window 1");
        side.Data(stream, "def").ShouldBe(1);
        side.Feed(Settings((4, 3)));
        side.Data(stream, "ef").ShouldBe(2);

        side.Sent().ShouldBe("HEADERS 1 | DATA 1 3 | SETTINGS ack | DATA 1 1 | SETTINGS ack | DATA 1 2 end");
    }

    // 6.9.2: of several values in SETTINGS the last holds.
    [Fact]
    public void Send_WindowTwiceInSettings_TheLastHolds()
    {
        Side side = Side.Server(null, (4, 100), (4, 1));
        Http2Stream stream = Begin(side, 1);

        side.Data(stream, "abc").ShouldBe(1);
    }

    // 6.9.2: SETTINGS do not change the connection's window.
    [Fact]
    public void Send_ConnectionsWindow_HoldsAllStreamsTogether()
    {
        Side side = Side.Server(null, (4, 1_000_000));
        Http2Stream first = Begin(side, 1);
        Http2Stream second = Begin(side, 3);
        string content = new('x', 50_000);

        side.Data(first, content, end: false).ShouldBe(50_000);
        side.Data(second, content).ShouldBe(15_535);
        side.Data(first, "y").ShouldBe(0);
        side.Connection.SendWindow.ShouldBe(0);
        side.Feed(WindowUpdate(1, 1));
        side.Events.ShouldNotContain("window");

        side.Feed(WindowUpdate(0, 40_000));

        side.Recorder.Events.Count(x => x.StartsWith("window", StringComparison.Ordinal)).ShouldBe(2);
        side.Data(second, content[15_535..]).ShouldBe(34_465);
        side.Data(first, "y").ShouldBe(1);
    }

    [Fact]
    public void Send_WindowsThatOpen_AreToldOnlyWhereSomethingWasHeldBack()
    {
        Side side = Side.Server();
        Http2Stream stream = Begin(side, 1);
        side.Data(stream, "abc", end: false).ShouldBe(3);

        side.Feed(WindowUpdate(1, 10), WindowUpdate(0, 10), Settings((4, 100_000)));

        side.Events.ShouldNotContain("window");
    }

    [Fact]
    public void Send_HandlerThatSendsWhenTold_GoesOnUntilTheWindowIsShut()
    {
        Side side = Side.Server(null, (4, 10));
        Http2Stream first = Begin(side, 1);
        Http2Stream second = Begin(side, 3);
        side.Data(first, new string('x', 20), end: false).ShouldBe(10);
        side.Data(second, new string('x', 20), end: false).ShouldBe(10);
        side.Recorder.Opened = x => side.Data(x, new string('x', 20), end: false);

        side.Feed(WindowUpdate(1, 20), WindowUpdate(3, 5), Settings((4, 11)));

        side.Recorder.Events.Skip(2).ShouldBe(["window 1", "window 3", "window 3"]);
        side.Sent().ShouldEndWith("DATA 1 20 | DATA 3 5 | SETTINGS ack | DATA 3 1");
    }

    [Fact]
    public void Send_LongContent_IsCutIntoFramesAndByTheRoom()
    {
        Side side = Side.Server();
        Http2Stream stream = Begin(side, 1);
        string content = new('x', 40_000);

        side.Data(stream, content).ShouldBe(40_000);

        side.Sent().ShouldBe("HEADERS 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 7232 end");
        stream = Begin(side, 3);
        side.Data(stream, content, room: 16_384 + 9 + 9 + 511).ShouldBe(16_384);
        side.Data(stream, content[..24_000], room: 8 + 512).ShouldBe(0);
        side.Data(stream, content[..24_000], room: 9 + 512).ShouldBe(512);
        side.Data(stream, content[..600], room: 9 + 600).ShouldBe(600);
        side.Sent().ShouldBe("HEADERS 3 | DATA 3 16384 | DATA 3 512 | DATA 3 600 end");
    }

    [Fact]
    public void Send_ContentPutInItsPlace_CountsLikeContentThatIsCopied()
    {
        Side side = Side.Server(null, (4, 20_000));
        Http2Stream stream = Begin(side, 1);
        byte[] header = new byte[9];

        side.Connection.Sendable(stream, 30_000).ShouldBe(16_384);
        side.Connection.WriteDataHeader(stream, 16_384, endStream: false, header);
        Http2FrameHeader.Read(header).ShouldBe(new Http2FrameHeader(16_384, Http2FrameType.Data, 0, 1));
        side.Connection.Sendable(stream, 13_616).ShouldBe(3616);
        Should.Throw<InvalidOperationException>(() => side.Connection.WriteDataHeader(stream, 3617, endStream: false, header));
        side.Connection.WriteDataHeader(stream, 3616, endStream: false, header);
        side.Connection.Sendable(stream, 10_000).ShouldBe(0);
        stream.IsBlocked.ShouldBeTrue();
        side.Connection.WriteDataHeader(stream, 0, endStream: true, header);
        side.Connection.Sendable(stream, 1).ShouldBe(-1);
    }

    // 6.9: windows are given back by halves, and not at all for a stream that the peer has ended.
    [Fact]
    public void Receive_ContentConsumed_IsGivenBackByHalves()
    {
        Side side = Side.Server(Small);
        side.Recorder.Consumes = false;
        side.Feed(Headers(1, Post, EndHeaders), Data(1, new string('x', 16_000), 0), Data(1, new string('x', 16_000), 0));
        Http2Stream stream = side.Recorder.Streams[1];

        side.Connection.Consumed(stream, 32_000);
        side.Sent().ShouldBe("");
        side.Feed(Data(1, new string('x', 16_000), 0), Data(1, new string('x', 2_000)));
        side.Connection.Consumed(stream, 17_000);
        side.Sent().ShouldBe("");
        side.Connection.Consumed(stream, 1000);
        side.Sent().ShouldBe("WINDOW_UPDATE 0 50000");
        Should.Throw<ArgumentOutOfRangeException>(() => side.Connection.Consumed(stream, 1));
    }

    [Fact]
    public void Receive_HalfOfTheStreamsWindowConsumed_IsGivenBackToTheStream()
    {
        Side side = Side.Server(Small);
        side.Recorder.Consumes = false;
        side.Feed(Headers(1, Post, EndHeaders), Data(1, new string('x', 16_384), 0), Data(1, new string('x', 16_384), 0));

        side.Connection.Consumed(side.Recorder.Streams[1], 32_766);
        side.Sent().ShouldBe("");
        side.Connection.Consumed(side.Recorder.Streams[1], 1);

        side.Sent().ShouldBe("WINDOW_UPDATE 1 32767");
    }

    // 6.9.1: up to the window, and a byte more.
    [Fact]
    public void Receive_MoreThanTheStreamsWindow_IsAStreamError()
    {
        Side side = Side.Server(Small);
        side.Recorder.Consumes = false;
        side.Feed(Headers(1, Post, EndHeaders), Headers(3, Post, EndHeaders));
        for (int left = 65535; left > 0; left -= 16384)
        {
            side.Feed(Data(1, new string('x', Math.Min(left, 16384)), 0));
        }

        side.Recorder.Contents[1].Length.ShouldBe(65535);
        side.Sent().ShouldBe("");
        side.Feed(Data(1, "x", 0));

        side.Sent().ShouldBe("RST_STREAM 1 FlowControlError | WINDOW_UPDATE 0 65536");
        side.Events.ShouldEndWith("reset 1 FlowControlError WindowExceeded | closed 1");
        side.Connection.Error.ShouldBe(Http2Error.None);
    }

    [Fact]
    public void Receive_MoreThanTheConnectionsWindow_EndsTheConnection()
    {
        Side side = Side.Server(Small);
        side.Recorder.Consumes = false;
        side.Feed(Headers(1, Post, EndHeaders), Headers(3, Post, EndHeaders));
        for (int i = 0; i < 6; i++)
        {
            side.Feed(Data(1 + (i / 3 * 2), new string('x', 16_384), 0));
        }

        side.Feed(Data(3, new string('x', 100_000 - (6 * 16_384)), 0));
        side.Connection.Error.ShouldBe(Http2Error.None);

        side.Feed(Data(1, "x", 0));

        side.Sent().ShouldBe("GOAWAY 3 FlowControlError");
        side.Connection.Error.ShouldBe(Http2Error.WindowExceeded);
    }

    // 6.1: padding counts, and is given back without anybody consuming it.
    [Fact]
    public void Receive_Padding_CountsAndIsConsumedAtOnce()
    {
        Side side = Side.Server(Small);
        side.Recorder.Consumes = false;
        side.Feed(Headers(1, Post, EndHeaders));

        for (int i = 0; i < 128; i++)
        {
            side.Feed(Of(Http2FrameType.Data, Padded, 1, [255, (byte)'x', .. new byte[255]]));
        }

        side.Sent().ShouldBe("WINDOW_UPDATE 1 32768");
        side.Connection.Consumed(side.Recorder.Streams[1], 128);
    }

    // 6.9: what is not consumed when a stream ends goes back to the connection, and so does what comes late.
    [Fact]
    public void Receive_StreamThatEnds_GivesBackToTheConnection()
    {
        Side side = Side.Server(Small);
        side.Recorder.Consumes = false;
        for (int i = 1; i < 40; i += 2)
        {
            side.Feed(Headers(i, Post, EndHeaders), Data(i, new string('x', 16_000), 0));
            side.Connection.Reset(side.Recorder.Streams[i], Http2ErrorCode.Cancel);
            side.Feed(Data(i, new string('x', 16_000), 0));
        }

        side.Connection.Error.ShouldBe(Http2Error.None);
        side.Sent().Split("WINDOW_UPDATE 0 ").Length.ShouldBe(1 + (20 * 32_000 / 64_000));
    }

    // A stream that ends while its content comes: the rest of the frame is passed over.
    [Fact]
    public void Receive_StreamResetWithinAFrame_SkipsTheRest()
    {
        Side side = Side.Server(Small);
        byte[] frame = Of(Http2FrameType.Data, Padded, 1, [4, .. Bytes.Of("content"), 0, 0, 0, 0]);
        for (int cut = 9; cut < frame.Length; cut++)
        {
            int id = (cut * 2) + 1;
            side.Feed(Headers(id, Post, EndHeaders));
            frame[8] = (byte)id;
            side.Feed(frame[..cut]);
            side.Connection.Reset(side.Recorder.Streams[id], Http2ErrorCode.Cancel);
            side.Feed(frame[cut..]);
        }

        side.Feed(Ping());

        side.Sent().ShouldEndWith("PING ack");
        side.Connection.Error.ShouldBe(Http2Error.None);
    }

    private static Http2Stream Begin(Side side, int id)
    {
        side.Feed(Headers(id, Frames.Get));
        side.Head(side.Recorder.Streams[id], Head);
        return side.Recorder.Streams[id];
    }
}
