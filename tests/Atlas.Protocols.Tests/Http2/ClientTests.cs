using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Http2;
using Atlas.Protocols.Tests.Hpack;
using Atlas.Protocols.Tests.Http1;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>The client's side of a connection.</summary>
public sealed class ClientTests
{
    private readonly HpackDecoder _decoder = new();

    [Fact]
    public void Connection_Begins_WithThePrefaceAndSettings()
    {
        Side side = new(Http2Role.Client);

        byte[] output = side.TakeOutput();

        output.AsSpan().StartsWith(Http2Connection.Preface).ShouldBeTrue();
        Describe(output).ShouldBe("SETTINGS | WINDOW_UPDATE 0 983041");
        Parse(output)[0].Payload.ShouldBe(Settings((4, 262_144), (6, 65_536), (2, 0))[9..]);
    }

    [Theory]
    [InlineData("GET /a?b HTTP/1.1\r\nhost: a:1\r\n\r\n", ":method: GET\n:scheme: https\n:path: /a?b\n:authority: a:1")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ":method: OPTIONS\n:scheme: https\n:path: *\n:authority: a")]
    [InlineData("GET / HTTP/1.1\r\nhost: \r\n\r\n", ":method: GET\n:scheme: https\n:path: /")]
    [InlineData(
        "POST / HTTP/1.1\r\nx: y\r\nhost: a\r\nTransfer-Encoding: chunked\r\nconnection: te\r\nte: trailers\r\nKeep-Alive: z\r\n\r\n",
        ":method: POST\n:scheme: https\n:path: /\n:authority: a\nx: y\nte: trailers")]
    [InlineData(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nte: gzip\r\nupgrade: x\r\nCookie: a=b; c=d\r\n\r\n",
        ":method: POST\n:scheme: https\n:path: /\n:authority: a\ncontent-length: 5\ncookie: a=b; c=d")]
    public void Request_OfHttp11_IsWrittenAsABlock(string head, string lines)
    {
        Side side = Side.Client();

        Http2Stream stream = side.Request(head, end: false);

        (Http2FrameHeader header, byte[] payload) = Parse(side.TakeOutput()).Single();
        header.StreamId.ShouldBe(1);
        header.Flags.ShouldBe(EndHeaders);
        Decode(payload).ShouldBe(lines);
        stream.State.ShouldBe(Http2StreamState.Open);
    }

    [Fact]
    public void Streams_Opened_AreNumberedAsTheirHeadsAreWritten()
    {
        Side side = Side.Client();
        side.Connection.TryOpen(out Http2Stream? first).ShouldBeTrue();
        side.Connection.TryOpen(out Http2Stream? second).ShouldBeTrue();
        first.State.ShouldBe(Http2StreamState.Idle);

        side.Head(second, "GET / HTTP/1.1\r\nhost: a\r\n\r\n", end: true);
        side.Head(first, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");

        (first.Id, second.Id).ShouldBe((3, 1));
        (first.State, second.State).ShouldBe((Http2StreamState.Open, Http2StreamState.HalfClosedLocal));
    }

    // RFC 9113 5.1.2: as many as the server allows, and no more than the limits do.
    [Theory]
    [InlineData(2u, 5, 2)]
    [InlineData(5u, 2, 2)]
    [InlineData(0u, 2, 0)]
    public void Streams_AtTheLimit_OneMoreIsNotOpened(uint theirs, int ours, int count)
    {
        Side side = Side.Client(Http2Limits.Default with { Streams = ours }, (3, theirs));
        for (int i = 0; i < count; i++)
        {
            side.Request();
        }

        side.Connection.TryOpen(out Http2Stream? _).ShouldBeFalse();
        if (count > 0)
        {
            side.Feed(Headers(1, Ok));
            side.Connection.TryOpen(out Http2Stream? idle).ShouldBeTrue();
            side.Connection.TryOpen(out _).ShouldBeFalse();
            side.Connection.Reset(idle, Http2ErrorCode.Cancel);
            side.Connection.TryOpen(out _).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(":status: 200\nx: y", "GET", false, "HTTP/1.1 200 |x: y|transfer-encoding: chunked||")]
    [InlineData(":status: 200", "GET", true, "HTTP/1.1 200 |content-length: 0||")]
    [InlineData(":status: 200\ncontent-length: 5", "GET", false, "HTTP/1.1 200 |content-length: 5||")]
    [InlineData(":status: 200\ncontent-length: 0", "GET", true, "HTTP/1.1 200 |content-length: 0||")]
    [InlineData(":status: 200\ncontent-length: 5", "HEAD", true, "HTTP/1.1 200 |content-length: 5||")]
    [InlineData(":status: 200", "HEAD", true, "HTTP/1.1 200 ||")]
    [InlineData(":status: 304\ncontent-length: 5", "GET", true, "HTTP/1.1 304 |content-length: 5||")]
    [InlineData(":status: 204", "GET", true, "HTTP/1.1 204 ||")]
    [InlineData(":status: 204", "GET", false, "HTTP/1.1 204 ||")]
    [InlineData(":status: 599\nset-cookie: a\nset-cookie: b", "GET", true, "HTTP/1.1 599 |set-cookie: a|set-cookie: b|content-length: 0||")]
    public void Response_ThatIsRight_IsToldAsHttp11(string lines, string method, bool end, string text)
    {
        Side side = Side.Client();
        side.Request($"{method} / HTTP/1.1\r\nhost: a\r\n\r\n");

        side.Feed(Headers(1, Block(lines), end ? End | EndHeaders : EndHeaders));

        side.Events.ShouldBe(end ? "response 1 end | closed 1" : "response 1");
        side.Recorder.Head.ShouldBe(text.Replace("|", "\r\n", StringComparison.Ordinal));
        Responses.Parse(side.Recorder.Head, method == "HEAD" ? HttpMethod.Head : HttpMethod.Get).Status.ShouldBe(ParseStatus.Done);
    }

    [Theory]
    [InlineData("x: y", true, Http2Error.MissingPseudoField)]
    [InlineData(":status: 20", true, Http2Error.InvalidStatus)]
    [InlineData(":status: 2000", true, Http2Error.InvalidStatus)]
    [InlineData(":status: 099", true, Http2Error.InvalidStatus)]
    [InlineData(":status: 600", true, Http2Error.InvalidStatus)]
    [InlineData(":status: 2 0", true, Http2Error.InvalidStatus)]
    [InlineData(":status: 101", false, Http2Error.InvalidStatus)]
    [InlineData(":status: 200\n:status: 200", true, Http2Error.DuplicatePseudoField)]
    [InlineData("x: y\n:status: 200", true, Http2Error.LatePseudoField)]
    [InlineData(":status: 200\n:path: /", true, Http2Error.UnknownPseudoField)]
    [InlineData(":status: 200\nX: y", true, Http2Error.UpperCaseFieldName)]
    [InlineData(":status: 200\nx: a\rb", true, Http2Error.InvalidFieldValue)]
    [InlineData(":status: 200\nconnection: x", true, Http2Error.ConnectionField)]
    [InlineData(":status: 200\ntransfer-encoding: chunked", true, Http2Error.ConnectionField)]
    [InlineData(":status: 200\nte: trailers", true, Http2Error.InvalidTe)]
    [InlineData(":status: 200\ncontent-length: x", false, Http2Error.InvalidContentLength)]
    [InlineData(":status: 200\ncontent-length: 1\ncontent-length: 1", false, Http2Error.DuplicateContentLength)]
    [InlineData(":status: 200\ncontent-length: 1", true, Http2Error.ContentLengthMismatch)]
    [InlineData(":status: 100", true, Http2Error.InterimResponseAtEnd)]
    public void Response_ThatIsMalformed_IsAStreamError(string lines, bool end, Http2Error reason)
    {
        Side side = Side.Client();
        side.Request();

        side.Feed(Headers(1, Block(lines), end ? End | EndHeaders : EndHeaders));

        side.Events.ShouldBe($"reset 1 ProtocolError {reason} | closed 1");
        side.Sent().ShouldBe("HEADERS 1 end | RST_STREAM 1 ProtocolError");
    }

    [Theory]
    [InlineData("HEAD", ":status: 200\ncontent-length: 4", Http2Error.ContentNotAllowed)]
    [InlineData("GET", ":status: 204", Http2Error.ContentNotAllowed)]
    [InlineData("GET", ":status: 304\ncontent-length: 4", Http2Error.ContentNotAllowed)]
    [InlineData("GET", ":status: 200\ncontent-length: 5", Http2Error.ContentLengthMismatch)]
    [InlineData("GET", ":status: 200\ncontent-length: 3", Http2Error.ContentLengthMismatch)]
    public void Content_OfAnotherLength_IsAStreamError(string method, string lines, Http2Error reason)
    {
        Side side = Side.Client();
        side.Request($"{method} / HTTP/1.1\r\nhost: a\r\n\r\n");

        side.Feed(Headers(1, Block(lines), EndHeaders), Data(1, "test"));

        side.Events.ShouldBe($"response 1 | reset 1 ProtocolError {reason} | closed 1");
        side.Recorder.Contents.ShouldBeEmpty();
    }

    [Fact]
    public void Content_BeforeTheHead_IsAStreamError()
    {
        Side side = Side.Client();
        side.Request();

        side.Feed(Headers(1, Block(":status: 103"), EndHeaders), Data(1, "test"));

        side.Events.ShouldBe("response 1 | reset 1 ProtocolError ContentBeforeHead | closed 1");
    }

    [Fact]
    public void Response_InterimContentAndTrailers_AreToldInTurn()
    {
        Side side = Side.Client();
        side.Request(end: false);

        side.Feed(Headers(1, Block(":status: 103\nlink: x"), EndHeaders));
        side.Recorder.Head.ShouldBe("HTTP/1.1 103 \r\nlink: x\r\n\r\n");
        side.Feed(Headers(1, Ok, EndHeaders), Data(1, "test", 0), Headers(1, Block("a: b")));

        side.Events.ShouldBe("response 1 | response 1 | trailers 1");
        side.Recorder.Trailers.ShouldBe("a: b\r\n\r\n");
        side.Data(side.Recorder.Streams[1], "more", end: true).ShouldBe(4);
        side.Events.ShouldEndWith("closed 1");
    }

    [Fact]
    public void Response_TooLarge_IsToldSo()
    {
        Side side = Side.Client(Http2Limits.Default with { HeaderCount = 2 });
        side.Request();

        side.Feed(Headers(1, Block(":status: 200\na: 1\nb: 2"), EndHeaders));

        side.Events.ShouldBe("too large 1");
        side.Connection.Reset(side.Recorder.Streams[1], Http2ErrorCode.Cancel);
    }

    // A server may answer before it has the whole request, and let the rest be (RFC 9113 8.1).
    [Fact]
    public void Response_BeforeTheEndOfTheRequest_EndsWithNoError()
    {
        Side side = Side.Client();
        side.Request(end: false);

        side.Feed(Headers(1, Ok), Reset(1, Http2ErrorCode.NoError));

        side.Events.ShouldBe("response 1 end | reset 1 NoError None | closed 1");
    }

    // RFC 9113 6.8.
    [Fact]
    public void GoAway_FromTheServer_RefusesWhatItDidNotTake()
    {
        Side side = Side.Client();
        side.Request();
        side.Request();
        side.Request();
        side.Connection.TryOpen(out Http2Stream? _).ShouldBeTrue();

        side.Feed(GoAway(3));

        side.Recorder.Events.Order(StringComparer.Ordinal).ShouldBe(
            ["closed 0", "closed 5", "goaway 3 NoError", "reset 0 RefusedStream GoneAway", "reset 5 RefusedStream GoneAway"]);
        side.Connection.TryOpen(out _).ShouldBeFalse();
        side.Feed(Headers(1, Ok), Headers(3, Ok));
        side.Connection.StreamCount.ShouldBe(0);
        side.Connection.PeerGoesAway.ShouldBeTrue();
    }

    [Fact]
    public void GoAway_InTwoSteps_EndsWhatTheLastStepNames()
    {
        Side side = Side.Client();
        side.Request();
        side.Request();

        side.Feed(GoAway(int.MaxValue));
        side.Events.ShouldBe($"goaway {int.MaxValue} NoError");
        side.Feed(GoAway(1));

        side.Events.ShouldEndWith("reset 3 RefusedStream GoneAway | closed 3 | goaway 1 NoError");
    }

    // What a server may not do.
    [Fact]
    public void Server_ThatBreaksARule_EndsTheConnection()
    {
        (string Name, byte[] Input, string Code)[] cases =
        [
            ("8.4 PUSH_PROMISE", Of(Http2FrameType.PushPromise, EndHeaders, 1, [.. Number(2), .. Frames.Get]), "ProtocolError"),
            ("5.1.1 HEADERS on an even stream", Headers(2, Ok), "ProtocolError"),
            ("5.1 HEADERS on an idle stream", Headers(3, Ok), "ProtocolError"),
            ("5.1 DATA on an idle stream", Data(3, "x"), "ProtocolError"),
            ("5.1 RST_STREAM on an idle stream", Reset(3), "ProtocolError"),
            ("5.1 WINDOW_UPDATE on an idle stream", WindowUpdate(2, 1), "ProtocolError"),
            ("5.1 HEADERS after the end", Join(Headers(1, Ok), Headers(1, Ok)), "StreamClosed"),
            ("5.1 DATA after the end", Join(Headers(1, Ok), Data(1, "x")), "StreamClosed"),
            ("6.5.2 ENABLE_PUSH 1", Settings((2, 1)), "ProtocolError"),
            ("RFC 9218 7.1 PRIORITY_UPDATE", Of(Http2FrameType.PriorityUpdate, 0, 0, Number(1)), "ProtocolError"),
        ];
        foreach ((string name, byte[] input, string code) in cases)
        {
            foreach (int[] ends in Bytes.Splits(input.Length))
            {
                Side side = Side.Client();
                side.Request();
                side.Sent();

                side.Feed(input, ends);

                side.Sent().ShouldBe($"GOAWAY 0 {code}", name);
            }
        }
    }

    [Fact]
    public void Server_ThatDoesNotBeginWithSettings_EndsTheConnection()
    {
        Side side = new(Http2Role.Client);
        side.Sent();

        side.Feed(Ping());

        side.Sent().ShouldBe("GOAWAY 0 ProtocolError");
    }

    // Frames on streams that were reset here may still be on their way.
    [Fact]
    public void Reset_ByTheClient_LetsWhatIsOnItsWayPass()
    {
        Side side = Side.Client();
        Http2Stream stream = side.Request();
        side.Connection.Reset(stream, Http2ErrorCode.Cancel);

        side.Feed(Headers(1, Block(":status: 200\nx: y"), EndHeaders), Data(1, "test"), Reset(1), WindowUpdate(1, 5), Ping());

        side.Sent().ShouldBe("HEADERS 1 end | RST_STREAM 1 Cancel | PING ack");
        side.Events.ShouldBe("closed 1");
    }

    // RFC 8441.
    [Fact]
    public void Tunnel_ToAServerThatTakesIt_IsAnExtendedConnect()
    {
        Side side = Side.Client(null, (8, 1));
        side.Connection.PeerTakesConnect.ShouldBeTrue();
        side.Connection.TryOpen(out Http2Stream? stream).ShouldBeTrue();
        stream.IsTunnel = true;

        side.Head(
            stream,
            "GET /chat HTTP/1.1\r\nhost: a\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\nupgrade: websocket\r\n"
            + "connection: upgrade\r\n\r\n");
        Decode(Parse(side.TakeOutput()).Single().Payload).ShouldBe(
            ":method: CONNECT\n:scheme: https\n:path: /chat\n:authority: a\n:protocol: websocket\nsec-websocket-version: 13");
        side.Feed(Headers(1, Block(":status: 200\nsec-websocket-protocol: p"), EndHeaders), Data(1, "x", 0));

        side.Recorder.Head.ShouldBe("HTTP/1.1 101 \r\nsec-websocket-protocol: p\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
        side.Recorder.Contents[1].ShouldBe("x");
        side.Data(stream, "y", end: true).ShouldBe(1);
    }

    [Fact]
    public void Tunnel_ThatIsRefused_IsAnOrdinaryResponse()
    {
        Side side = Side.Client(null, (8, 1));
        side.Connection.TryOpen(out Http2Stream? stream).ShouldBeTrue();
        stream.IsTunnel = true;
        side.Head(stream, "GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");

        side.Feed(Headers(1, Block(":status: 403\ncontent-length: 4"), EndHeaders), Data(1, "test", 0), Headers(1, Block("a: b")));

        side.Recorder.Head.ShouldBe("HTTP/1.1 403 \r\ncontent-length: 4\r\n\r\n");
        side.Events.ShouldBe("response 1 | trailers 1");
    }

    private static byte[] Block(string lines) => Frames.Block([.. lines.Split('\n').Select(Split)]);

    private static (string, string) Split(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        return (line[..colon], line[(colon + 2)..]);
    }

    private string Decode(byte[] block)
    {
        HpackFields fields = new();
        _decoder.Decode(block, fields).ShouldBe(HpackError.None);
        return Blocks.Lines(fields);
    }
}
