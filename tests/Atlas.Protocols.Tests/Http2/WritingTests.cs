using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http2;
using Atlas.Protocols.Tests.Hpack;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>What a server writes on its streams.</summary>
public sealed class WritingTests
{
    private readonly Side _side = Side.Server();
    private readonly HpackDecoder _decoder = new();

    [Fact]
    public void Head_OfHttp11_LosesWhatIsOfItsConnections()
    {
        Http2Stream stream = Begin();

        _side.Head(
            stream,
            "HTTP/1.1 404 Not Found\r\nConnection: close\r\nKeep-Alive: x\r\nProxy-Connection: x\r\nTransfer-Encoding: chunked\r\n"
            + "Upgrade: x\r\nTE: x\r\nHTTP2-Settings: x\r\nX-Some: Value\r\nContent-Length: 5\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n");

        DecodeOutput().ShouldBe(":status: 404\nx-some: Value\ncontent-length: 5\nset-cookie: a\nset-cookie: b");
    }

    [Fact]
    public void Heads_InterimAndFinal_AreWrittenInTurn()
    {
        Http2Stream stream = Begin();

        _side.Head(stream, "HTTP/1.1 100 Continue\r\n\r\n");
        DecodeOutput().ShouldBe(":status: 100");
        _side.Head(stream, "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
        DecodeOutput().ShouldBe(":status: 103\nlink: x");
        _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n", end: true);

        _side.Sent().ShouldBe("HEADERS 1 end");
        _side.Events.ShouldBe("request 1 end | closed 1");
    }

    [Fact]
    public void Head_LongerThanAFrame_GoesOnInContinuations()
    {
        string head = $"HTTP/1.1 200 OK\r\na: {new string('{', 20_000)}\r\nb: {new string('|', 20_000)}\r\n\r\n";
        Http2Stream stream = Begin();

        _side.Head(stream, head).ShouldBeLessThanOrEqualTo(Http2Connection.RoomForHead(head.Length));

        byte[] output = _side.TakeOutput();
        Describe(output).ShouldBe("HEADERS 1 | CONTINUATION 1 | CONTINUATION 1");
        List<(Http2FrameHeader Header, byte[] Payload)> frames = Parse(output);
        frames.Select(x => x.Header.Has(EndHeaders)).ShouldBe([false, false, true]);
        Decode([.. frames.SelectMany(x => x.Payload)]).ShouldBe($":status: 200\na: {new string('{', 20_000)}\nb: {new string('|', 20_000)}");
    }

    // The table must be that of the peer whatever did not fit.
    [Fact]
    public void Head_WithoutRoom_ChangesNothing()
    {
        byte[] head = Bytes.Of("HTTP/1.1 200 OK\r\nx-one: some value\r\n\r\n");
        int room = Http2Connection.RoomForHead(head.Length);
        Http2Stream stream = Begin();

        _side.Connection.WriteHead(stream, head, endStream: false, new byte[room - 1]).ShouldBe(Http2Connection.NoRoom);

        byte[] output = new byte[room];
        int written = _side.Connection.WriteHead(stream, head, endStream: false, output);
        Decode(output[9..written]).ShouldBe(":status: 200\nx-one: some value");
        _decoder.TableCount.ShouldBe(1);
        _side.Connection.WriteTrailers(stream, head.AsSpan(17), new byte[Http2Connection.RoomForHead(head.Length - 17) - 1]).ShouldBe(-1);
        stream.State.ShouldBe(Http2StreamState.HalfClosedRemote);
    }

    [Fact]
    public void Trailers_AfterContent_EndTheStream()
    {
        Http2Stream stream = Begin();
        _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
        _side.Data(stream, "content", end: false);

        _side.Trailers(stream, "Grpc-Status: 0\r\nConnection: x\r\n\r\n");

        List<(Http2FrameHeader Header, byte[] Payload)> frames = Parse(_side.TakeOutput());
        frames[2].Header.Flags.ShouldBe(End | EndHeaders);
        Decode(frames[0].Payload);
        Decode(frames[2].Payload).ShouldBe("grpc-status: 0");
        stream.IsClosed.ShouldBeTrue();
    }

    // RFC 7541 4.2 and RFC 9113 4.3.1: the peer's limit of the table.
    [Fact]
    public void Head_AfterThePeerLimitedTheTable_SaysSo()
    {
        _side.Feed(Settings((1, 0)));
        Http2Stream stream = Begin();
        _side.Sent();

        _side.Head(stream, "HTTP/1.1 200 OK\r\nx-one: a\r\n\r\n");

        byte[] payload = Parse(_side.TakeOutput()).Single().Payload;
        payload[0].ShouldBe((byte)0x20);
        Decode(payload).ShouldBe(":status: 200\nx-one: a");
        _decoder.TableCount.ShouldBe(0);
    }

    [Fact]
    public void Streams_ThatHaveEnded_TakeNothing()
    {
        Http2Stream stream = Begin();
        _side.Answer(stream);
        _side.Sent();

        _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n").ShouldBe(0);
        _side.Data(stream, "x").ShouldBe(0);
        _side.Trailers(stream, "\r\n").ShouldBe(0);
        _side.Connection.Consumed(stream, 5);
        _side.Connection.Reset(stream, Http2ErrorCode.Cancel);

        _side.Sent().ShouldBe("");
        _side.Events.ShouldBe("request 1 end | closed 1");
    }

    [Fact]
    public void Calls_ThatMakeNoSense_Throw()
    {
        Http2Stream stream = Begin();

        Should.Throw<InvalidOperationException>(() => _side.Data(stream, "x"));
        Should.Throw<InvalidOperationException>(() => _side.Trailers(stream, "\r\n"));
        Should.Throw<ArgumentException>(() => _side.Head(stream, "HTTP/1.1 101 Switching Protocols\r\n\r\n"));
        Should.Throw<ArgumentException>(() => _side.Head(stream, "HTTP/1.1 200 OK"));
        Should.Throw<ArgumentException>(() => _side.Head(stream, "HTTP/1.1 200 OK\r\nx\r\n\r\n"));
        Should.Throw<ArgumentException>(() => _side.Head(stream, "HTTP/1.1 103 Early Hints\r\n\r\n", end: true));
        _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
        Should.Throw<InvalidOperationException>(() => _side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n"));
        _side.Recorder.Began = _ => _side.Connection.Receive(default, 0);
        Should.Throw<InvalidOperationException>(() => _side.Feed(Headers(3, Frames.Get)));
    }

    // What was taken in part may end within a frame; nothing may come between.
    [Fact]
    public void Control_TakenInPart_HoldsBackTheStreams()
    {
        Http2Stream stream = Begin();
        byte[] head = Bytes.Of("HTTP/1.1 200 OK\r\n\r\n");
        byte[] output = new byte[1024];
        _side.Feed(Ping(), Ping());

        _side.Connection.TakeControl(output.AsSpan(0, 20)).ShouldBe(20);
        _side.Connection.HasControl.ShouldBeTrue();
        _side.Connection.WriteHead(stream, head, endStream: false, output.AsSpan(20)).ShouldBe(Http2Connection.NoRoom);
        _side.Connection.TakeControl(output.AsSpan(20)).ShouldBe(14);
        _side.Connection.HasControl.ShouldBeFalse();
        int written = _side.Connection.WriteHead(stream, head, endStream: false, output.AsSpan(34));

        Describe(output.AsSpan(0, 34 + written)).ShouldBe("PING ack | PING ack | HEADERS 1");
    }

    // RFC 9113 6.8: in two steps, so that no request is lost.
    [Fact]
    public void GoAway_InTwoSteps_TakesWhatWasOnItsWay()
    {
        Http2Stream first = Begin();
        _side.Connection.AnnounceGoAway();
        _side.Connection.AnnounceGoAway();
        _side.Feed(Headers(3, Frames.Get));
        _side.Connection.IsDrained.ShouldBeFalse();

        _side.Connection.GoAway();
        _side.Connection.GoAway();
        _side.Feed(Headers(5, Post, EndHeaders), Data(5, "late"), WindowUpdate(5, 1), Reset(5), Headers(7, Frames.Get));

        _side.Sent().ShouldBe($"GOAWAY {int.MaxValue} NoError | GOAWAY 3 NoError");
        _side.Events.ShouldBe("request 1 end | request 3 end");
        _side.Answer(first);
        _side.Connection.IsDrained.ShouldBeFalse();
        _side.Answer(_side.Recorder.Streams[3]);
        _side.Connection.IsDrained.ShouldBeTrue();
        _side.Sent().ShouldBe("HEADERS 1 end | HEADERS 3 end");
    }

    [Fact]
    public void Reset_ByTheServer_TellsTheClientAndTheHandlerOnce()
    {
        Http2Stream stream = Begin();

        _side.Connection.Reset(stream, Http2ErrorCode.InternalError);

        _side.Sent().ShouldBe("RST_STREAM 1 InternalError");
        _side.Events.ShouldBe("request 1 end | closed 1");
    }

    [Fact]
    public void Reset_ByTheClient_TellsTheHandler()
    {
        Http2Stream stream = Begin();

        _side.Feed(Reset(1, Http2ErrorCode.Cancel));

        _side.Events.ShouldBe("request 1 end | reset 1 Cancel None | closed 1");
        stream.State.ShouldBe(Http2StreamState.Closed);
    }

    [Fact]
    public void Error_OfTheConnection_EndsAllStreams()
    {
        Begin();
        _side.Feed(Headers(3, Frames.Get));

        _side.Feed(Data(0, ""));

        _side.Connection.Error.ShouldNotBe(Http2Error.None);
        _side.Recorder.Events.Count(x => x.StartsWith("reset", StringComparison.Ordinal)).ShouldBe(2);
        _side.Recorder.Streams.ShouldBeEmpty();
        _side.Connection.StreamCount.ShouldBe(0);
    }

    [Fact]
    public void Abort_TellsAllStreamsAndTheClientNothing()
    {
        Begin();

        _side.Connection.Abort();

        _side.Events.ShouldBe("request 1 end | reset 1 Cancel ConnectionLost | closed 1");
        _side.Sent().ShouldBe("");
        _side.Connection.Receive(Ping(), 0).ShouldBe(17);
    }

    [Fact]
    public void Ping_ThatIsAnswered_IsTold()
    {
        _side.Connection.Ping(0x0102030405060708);
        _side.Sent().ShouldBe("PING");

        _side.Feed(Ping(Http2FrameFlags.Ack), Ping(Http2FrameFlags.Ack));

        _side.Events.ShouldBe("pong 72623859790382856");
    }

    [Fact]
    public void State_OfWhatIsAwaited_IsTold()
    {
        Side side = new(Http2Role.Server);
        side.Connection.AwaitsSettingsAck.ShouldBeTrue();
        side.Connection.HasPeerSettings.ShouldBeFalse();
        side.Feed([.. Http2Connection.Preface, .. Settings(), .. SettingsAck]);
        side.Connection.AwaitsSettingsAck.ShouldBeFalse();
        side.Connection.HasPeerSettings.ShouldBeTrue();

        side.Connection.IsWithinHead.ShouldBeFalse();
        side.Feed(Headers(1, Frames.Get, End));
        side.Connection.IsWithinHead.ShouldBeTrue();
        side.Feed(Continuation(1, []));
        side.Connection.IsWithinHead.ShouldBeFalse();
    }

    [Fact]
    public void Limits_BelowTheFirstWindow_AreRefused()
    {
        foreach (Http2Limits limits in new[] { Http2Limits.Default with { StreamWindow = 65534 }, Http2Limits.Default with { ConnectionWindow = 65534 } })
        {
            Should.Throw<ArgumentOutOfRangeException>(() => new Side(Http2Role.Server, limits));
        }
    }

    [Fact]
    public void Streams_OneAfterTheOther_UseTheSameObject()
    {
        Http2Stream first = Begin();
        first.Owner = this;
        _side.Answer(first);
        first.Owner.ShouldBeNull();

        _side.Feed(Headers(3, Post, EndHeaders));

        _side.Recorder.Streams[3].ShouldBeSameAs(first);
        (first.Id, first.State, first.Owner).ShouldBe((3, Http2StreamState.Open, null));
    }

    private Http2Stream Begin()
    {
        _side.Feed(Headers(1, Frames.Get));
        return _side.Recorder.Streams[1];
    }

    private string DecodeOutput() => Decode(Parse(_side.TakeOutput()).Single().Payload);

    private string Decode(byte[] block)
    {
        HpackFields fields = new();
        _decoder.Decode(block, fields).ShouldBe(HpackError.None);
        return Blocks.Lines(fields);
    }
}
