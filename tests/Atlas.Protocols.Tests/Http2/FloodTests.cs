using Atlas.Protocols.Http2;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>Each limit on what a peer may cause, but for resets: reached, and gone over by one.</summary>
public sealed class FloodTests
{
    private readonly Side _side = Side.Server();

    [Fact]
    public void Pings_AtTheLimitAndOneMore() => Check(Http2Flood.Pings, 20, _ => Ping());

    [Fact]
    public void Pings_InLaterSeconds_AreFree()
    {
        for (int i = 0; i < 100; i++)
        {
            _side.Feed(Ping());
            _side.NowMs += 51;
            _side.Sent().ShouldBe("PING ack");
        }
    }

    // Clients that measure the path send one for each round trip in which content came.
    [Fact]
    public void Pings_ForContentThatWasSent_AreFree()
    {
        _side.Feed(Headers(1, Frames.Get));
        Http2Stream stream = _side.Recorder.Streams[1];
        _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
        for (int i = 0; i < 200; i++)
        {
            _side.Data(stream, "x", end: false).ShouldBe(1);
            _side.Feed(Ping());
        }

        _side.Sent();
        Check(Http2Flood.Pings, 19, _ => Ping());
    }

    [Fact]
    public void Settings_AtTheLimitAndOneMore()
    {
        _side.NowMs += 1000;

        Check(Http2Flood.Settings, 20, _ => Settings((4, 5)));
    }

    [Fact]
    public void SettingsInAFrame_AtTheLimitAndOneMore()
    {
        _side.Feed(Settings([.. Enumerable.Repeat((4, 5u), 64)]));
        _side.Sent().ShouldBe("SETTINGS ack");

        _side.Feed(Settings([.. Enumerable.Repeat((4, 5u), 65)]));

        Ended(Http2Flood.Settings);
    }

    [Fact]
    public void Continuations_AtTheLimitAndOneMore()
    {
        byte[] block = Frames.Get;
        for (int count = 8; count <= 9; count++)
        {
            int id = count;
            id = (id * 2) + 1;
            _side.Feed(Headers(id, block[..1], End));
            for (int i = 1; i < count; i++)
            {
                _side.Feed(Continuation(id, block[i..(i + 1)], 0));
            }

            _side.Feed(Continuation(id, block[count..]));
            _side.Connection.Error.ShouldBe(count == 8 ? Http2Error.None : Http2Error.Flood);
        }

        _side.Events.ShouldStartWith("request 17 end");
        Ended(Http2Flood.Continuations);
    }

    [Fact]
    public void BlockBytes_AtTheLimitAndOneMore()
    {
        for (int extra = 0; extra <= 1; extra++)
        {
            int id = (extra * 2) + 1;
            int first = Frames.Get.Length;
            _side.Feed(Headers(id, Frames.Get, End));
            byte[] value = [0, 1, (byte)'x', .. Hpack.Blocks.Number(65536 - first - 7, 7, 0), .. new byte[65536 - first - 7]];
            byte[] rest = [.. value, .. new byte[extra]];
            rest.Length.ShouldBe(65536 - first + extra);
            for (int start = 0; start < rest.Length; start += 16384)
            {
                int end = Math.Min(start + 16384, rest.Length);
                _side.Feed(Continuation(id, rest[start..end], end == rest.Length ? EndHeaders : 0));
            }
        }

        _side.Events.ShouldStartWith("too large 1 end");
        Ended(Http2Flood.BlockBytes);
    }

    [Fact]
    public void EmptyFrames_OfContent_AtTheLimitAndOneMore()
    {
        _side.Feed(Headers(1, Post, EndHeaders));

        Check(Http2Flood.EmptyFrames, 100, _ => Data(1, "", 0));
    }

    [Fact]
    public void EmptyFrames_OfPaddingOnly_AtTheLimitAndOneMore()
    {
        _side.Feed(Headers(1, Post, EndHeaders));

        Check(Http2Flood.EmptyFrames, 100, _ => Of(Http2FrameType.Data, Padded, 1, 2, 0, 0));
    }

    [Fact]
    public void EmptyFrames_OfBlocks_AtTheLimitAndOneMore() =>
        Check(Http2Flood.EmptyFrames, 100, i => i % 2 == 0 ? Headers(i + 1, [], End) : Join(Continuation(i, [], 0), Continuation(i, Frames.Get)));

    [Fact]
    public void EmptyFrames_ThatEndStreams_AreFree()
    {
        _side.Recorder.Ended = _side.Answer;
        for (int i = 0; i < 300; i++)
        {
            _side.Feed(Headers((i * 2) + 1, Post, EndHeaders), Data((i * 2) + 1, ""));
            _side.Sent();
        }

        _side.Connection.Error.ShouldBe(Http2Error.None);
    }

    [Fact]
    public void WindowUpdates_AtTheLimitAndOneMore() => Check(Http2Flood.WindowUpdates, 100, _ => WindowUpdate(0, 1));

    [Fact]
    public void WindowUpdates_ForWhatWasSent_AreFree()
    {
        _side.Feed(Headers(1, Frames.Get));
        Http2Stream stream = _side.Recorder.Streams[1];
        _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
        for (int i = 0; i < 10; i++)
        {
            _side.Data(stream, "x", end: false).ShouldBe(1);
        }

        _side.Sent();

        // Ten for each frame, and for the stream.
        Check(Http2Flood.WindowUpdates, 100 + (10 * 11), _ => WindowUpdate(1, 1));
    }

    // A byte at a time, so that each byte costs a frame.
    [Fact]
    public void SmallWindows_AtTheLimitAndOneMore()
    {
        Side side = Side.Server(null, (4, 0));
        side.Feed(Headers(1, Frames.Get));
        Http2Stream stream = side.Recorder.Streams[1];
        side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
        side.Recorder.Opened = x => side.Data(x, new string('x', 1000), end: false);
        side.Data(stream, "x").ShouldBe(0);
        for (int i = 0; i < 100; i++)
        {
            side.Feed(WindowUpdate(1, 1));
        }

        side.Connection.Error.ShouldBe(Http2Error.None);
        side.Sent();
        side.Feed(WindowUpdate(1, 1));

        side.Sent().ShouldEndWith("GOAWAY 1 EnhanceYourCalm");
        side.Connection.Flood.ShouldBe(Http2Flood.SmallWindows);
    }

    // The rest of a window may be small after much was sent.
    [Fact]
    public void SmallWindows_AfterMuchContent_AreFree()
    {
        Side side = Side.Server(null, (4, 8192));
        side.Feed(Headers(1, Frames.Get));
        Http2Stream stream = side.Recorder.Streams[1];
        side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
        for (int i = 0; i < 300; i++)
        {
            side.Data(stream, new string('x', 8192), end: false, room: 8180).ShouldBe(8171);
            side.Data(stream, new string('x', 8192), end: false).ShouldBe(21);
            side.Feed(WindowUpdate(1, 8192), WindowUpdate(0, 8192));
        }

        side.Connection.Error.ShouldBe(Http2Error.None);
    }

    [Fact]
    public void Priorities_AtTheLimitAndOneMore() => Check(Http2Flood.Priorities, 100, _ => Priority(5, 3));

    [Fact]
    public void Priorities_WithStreams_AtTheLimitAndOneMore()
    {
        _side.Feed(Headers(1, Frames.Get));

        Check(Http2Flood.Priorities, 200, _ => Of(Http2FrameType.PriorityUpdate, 0, 0, 0, 0, 0, 1, (byte)'i'));
    }

    [Fact]
    public void IgnoredFrames_AtTheLimitAndOneMore() => Check(Http2Flood.IgnoredFrames, 1000, _ => Of((Http2FrameType)99, 0, 0, 1));

    [Fact]
    public void IgnoredFrames_OnStreamsThatEnded_AtTheLimitAndOneMore()
    {
        _side.Recorder.Began = stream => _side.Connection.Reset(stream, Http2ErrorCode.Cancel);
        _side.Feed(Headers(1, Post, EndHeaders));
        _side.Sent();

        Check(Http2Flood.IgnoredFrames, 1000, i => i % 2 == 0 ? Data(1, "x", 0) : Reset(1));
    }

    // Clients give back windows, and lose interest, when the response has just ended here.
    [Fact]
    public void IgnoredFrames_OfStreamsThatJustEnded_AreFree()
    {
        _side.Recorder.Ended = _side.Answer;
        for (int i = 0; i < 3000; i++)
        {
            _side.Feed(Headers((i * 2) + 1, Frames.Get), WindowUpdate((i * 2) + 1, 5), WindowUpdate((i * 2) + 1, 5), Reset((i * 2) + 1));
            _side.Sent();
        }

        _side.Connection.Error.ShouldBe(Http2Error.None);
    }

    // What a server sends before it knows that a stream was given up is no flood, in however small pieces.
    [Fact]
    public void IgnoredFrames_OfAServer_AreFreeOnStreamsThatWereReset()
    {
        Side client = Side.Client();
        Http2Stream stream = client.Request();
        client.Connection.Reset(stream, Http2ErrorCode.Cancel);
        client.Feed(Headers(1, Ok, EndHeaders));
        for (int i = 0; i < 2000; i++)
        {
            client.Feed(Data(1, "x", 0));
        }

        client.Connection.Error.ShouldBe(Http2Error.None);
    }

    [Fact]
    public void WindowUpdates_OfAServer_AreFreeForEachStream()
    {
        Side client = Side.Client();
        for (int i = 0; i < 500; i++)
        {
            int id = client.Request().Id;
            client.Feed(WindowUpdate(id, 5), Headers(id, Ok), WindowUpdate(0, 1));
            client.Sent();
        }

        client.Connection.Error.ShouldBe(Http2Error.None);
    }

    // Content that was on its way to a stream that was reset is no flood, however much it is.
    [Fact]
    public void IgnoredFrames_OfMuchContent_AreFree()
    {
        _side.Recorder.Began = stream => _side.Connection.Reset(stream, Http2ErrorCode.Cancel);
        _side.Feed(Headers(1, Post, EndHeaders));
        byte[] data = Of(Http2FrameType.Data, 0, 1, new byte[256]);
        for (int i = 0; i < 2000; i++)
        {
            _side.Feed(data);
        }

        _side.Connection.Error.ShouldBe(Http2Error.None);
    }

    // A peer that does not read: what it causes to be said is bounded, and the end has room.
    [Fact]
    public void ControlOverflow_AtTheLimitAndOneMore()
    {
        Side side = Side.Server(Http2Limits.Default with { ControlBytes = 17 * 5, PingsPerSecond = 1000 });
        for (int i = 0; i < 5; i++)
        {
            side.Feed(Ping());
        }

        side.Connection.Error.ShouldBe(Http2Error.None);
        side.Feed(Ping());

        side.Sent().ShouldBe("PING ack | PING ack | PING ack | PING ack | PING ack | GOAWAY 0 EnhanceYourCalm");
        side.Connection.Flood.ShouldBe(Http2Flood.ControlOverflow);
        side.Connection.Error.ShouldBe(Http2Error.Flood);
    }

    [Fact]
    public void RememberedStreams_AtTheLimitAndOneMore()
    {
        for (int extra = 0; extra <= 1; extra++)
        {
            Side side = Side.Server();
            side.Recorder.Began = stream => side.Connection.Reset(stream, Http2ErrorCode.Cancel);
            for (int i = 0; i < 128 + extra; i++)
            {
                side.Feed(Headers((i * 2) + 1, Post, EndHeaders));
                side.Sent();
            }

            side.Feed(Data(1, "late"));

            side.Sent().ShouldBe(extra == 0 ? "" : $"GOAWAY {(128 * 2) + 1} StreamClosed");
        }
    }

    [Fact]
    public void Floods_All_HaveATextAndACode()
    {
        foreach (Http2Flood flood in Enum.GetValues<Http2Flood>())
        {
            flood.Text().ShouldNotBe("unknown flood");
        }

        foreach (Http2Error error in Enum.GetValues<Http2Error>())
        {
            error.Text().ShouldNotBe("unknown error");
            error.Text().Length.ShouldBeLessThanOrEqualTo(64);
            (error.Code() == Http2ErrorCode.NoError).ShouldBe(error == Http2Error.None);
        }
    }

    private void Check(Http2Flood flood, int limit, Func<int, byte[]> input) => FloodChecks.Check(_side, flood, limit, input);

    private void Ended(Http2Flood flood) => FloodChecks.Ended(_side, flood);
}
