using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Http2;
using Atlas.Protocols.Tests.Http1;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>Heads of requests, from header blocks to the text of HTTP/1.1. Fields are written as lines, <c>name: value</c>.</summary>
public sealed class RequestHeadTests
{
    private const string Usual = ":method: GET\n:scheme: https\n:path: /\n:authority: a";
    private const string Connect = ":method: CONNECT\n:protocol: websocket\n:scheme: https\n:path: /chat?x\n:authority: a:8443";

    [Theory]
    [InlineData(Usual, true, "GET / HTTP/1.1|host: a||")]
    [InlineData(Usual, false, "GET / HTTP/1.1|host: a|transfer-encoding: chunked||")]
    [InlineData(":path: /x?y=1\n:authority: [::1]:80\n:method: M-1\n:scheme: http", true, "M-1 /x?y=1 HTTP/1.1|host: [::1]:80||")]
    [InlineData(":method: OPTIONS\n:scheme: https\n:path: *\n:authority: a", true, "OPTIONS * HTTP/1.1|host: a||")]
    [InlineData(Usual + "\ncontent-length: 0", true, "GET / HTTP/1.1|host: a|content-length: 0||")]
    [InlineData(Usual + "\ncontent-length: 05", false, "GET / HTTP/1.1|host: a|content-length: 5||")]
    [InlineData(Usual + "\ncookie: a=b\nx: y\ncookie: c=d\ncookie: ", true, "GET / HTTP/1.1|host: a|x: y|cookie: a=b; c=d; ||")]
    [InlineData(Usual + "\nte: trailers\nx: \t", true, null)]
    [InlineData(Usual + "\nte: Trailers\nx: \u00E4 \t b", true, "GET / HTTP/1.1|host: a|te: Trailers|x: \u00E4 \t b||")]
    [InlineData(Usual + "\nhost: A:443", true, "GET / HTTP/1.1|host: a||")]
    [InlineData(":method: GET\n:scheme: http\n:path: /\nhost: b:80", true, "GET / HTTP/1.1|host: b:80||")]
    [InlineData(":method: GET\n:scheme: http\n:path: /", true, "GET / HTTP/1.1||")]
    [InlineData(":method: CONNECT\n:authority: a:443", false, "CONNECT a:443 HTTP/1.1|host: a:443||")]
    [InlineData(Usual + "\nexpect: 100-continue\nx_y: 1\nproxy-authorization: z", true,
        "GET / HTTP/1.1|host: a|expect: 100-continue|x_y: 1|proxy-authorization: z||")]
    public void Request_ThatIsRight_IsToldAsHttp11(string lines, bool end, string? text)
    {
        Side side = Side.Server();

        side.Feed(Headers(1, Block(lines), end ? End | EndHeaders : EndHeaders));

        side.Events.ShouldBe(text is null ? "refused 1 InvalidFieldValue" : end ? "request 1 end" : "request 1");
        side.Recorder.Head.Replace("\r\n", "|", StringComparison.Ordinal).ShouldBe(text ?? "");
    }

    // RFC 9113 8.2 and 8.3, each a stream error.
    [Theory]
    [InlineData(Usual + "\nX-Upper: y", Http2Error.UpperCaseFieldName)]
    [InlineData(Usual + "\nHost: a", Http2Error.UpperCaseFieldName)]
    [InlineData(Usual + "\nx y: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\nx\0: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\nx\r: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\nx\u0007: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\nx\u007F: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\nx\u00E4: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\n: z", Http2Error.InvalidFieldName)]
    [InlineData(Usual + "\nx: a\rb", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx: a\vb", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx: a\0b", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx: a\u001Fb", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx: a\u007Fb", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx:  a", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx: a ", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nx: a\t", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\ncookie: a=\0", Http2Error.InvalidFieldValue)]
    [InlineData(Usual + "\nconnection: close", Http2Error.ConnectionField)]
    [InlineData(Usual + "\nproxy-connection: x", Http2Error.ConnectionField)]
    [InlineData(Usual + "\nkeep-alive: x", Http2Error.ConnectionField)]
    [InlineData(Usual + "\ntransfer-encoding: chunked", Http2Error.ConnectionField)]
    [InlineData(Usual + "\nupgrade: h2c", Http2Error.ConnectionField)]
    [InlineData(Usual + "\nte: gzip", Http2Error.InvalidTe)]
    [InlineData(Usual + "\nte: trailers, deflate", Http2Error.InvalidTe)]
    [InlineData(Usual + "\nte: ", Http2Error.InvalidTe)]
    [InlineData(Usual + "\n:test: x", Http2Error.UnknownPseudoField)]
    [InlineData(Usual + "\n:status: 200", Http2Error.UnknownPseudoField)]
    [InlineData(Usual + "\n:Path: /", Http2Error.UnknownPseudoField)]
    [InlineData(Usual + "\n:method: GET", Http2Error.DuplicatePseudoField)]
    [InlineData(Usual + "\n:scheme: https", Http2Error.DuplicatePseudoField)]
    [InlineData(Usual + "\n:path: /", Http2Error.DuplicatePseudoField)]
    [InlineData(Usual + "\n:authority: a", Http2Error.DuplicatePseudoField)]
    [InlineData(":method: GET\n:scheme: https\nx: y\n:path: /\n:authority: a", Http2Error.LatePseudoField)]
    [InlineData(Usual + "\nx: y\n:test: x", Http2Error.LatePseudoField)]
    [InlineData("", Http2Error.MissingPseudoField)]
    [InlineData(":scheme: https\n:path: /\n:authority: a", Http2Error.MissingPseudoField)]
    [InlineData(":method: GET\n:path: /\n:authority: a", Http2Error.MissingPseudoField)]
    [InlineData(":method: GET\n:scheme: https\n:authority: a", Http2Error.MissingPseudoField)]
    [InlineData(":method: G T\n:scheme: https\n:path: /\n:authority: a", Http2Error.InvalidMethod)]
    [InlineData(":method: GET / HTTP/1.1\rx\n:scheme: https\n:path: /\n:authority: a", Http2Error.InvalidMethod)]
    [InlineData(":method: \n:scheme: https\n:path: /\n:authority: a", Http2Error.InvalidMethod)]
    [InlineData(":method: GET\n:scheme: ftp\n:path: /\n:authority: a", Http2Error.InvalidScheme)]
    [InlineData(":method: GET\n:scheme: http://x\n:path: /\n:authority: a", Http2Error.InvalidScheme)]
    [InlineData(":method: GET\n:scheme: \n:path: /\n:authority: a", Http2Error.InvalidScheme)]
    [InlineData(":method: GET\n:scheme: https\n:path: \n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: x\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: http://a/\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: *\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: OPTIONS\n:scheme: https\n:path: *x\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: / HTTP/1.1\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\r\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\0\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\u007F\n:authority: a", Http2Error.InvalidPath)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\n:authority: u@a", Http2Error.InvalidAuthority)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\n:authority: a b", Http2Error.InvalidAuthority)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\n:authority: a\rb", Http2Error.InvalidAuthority)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\n:authority: ", Http2Error.InvalidAuthority)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\n:authority: a:x", Http2Error.InvalidAuthority)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\nhost: u@a", Http2Error.InvalidAuthority)]
    [InlineData(":method: GET\n:scheme: https\n:path: /\nhost: ", Http2Error.InvalidAuthority)]
    [InlineData(Usual + "\nhost: b", Http2Error.HostMismatch)]
    [InlineData(Usual + "\nhost: a:80", Http2Error.HostMismatch)]
    [InlineData(Usual + "\nhost: a\nhost: a", Http2Error.DuplicateHost)]
    [InlineData(Usual + "\ncontent-length: +1", Http2Error.InvalidContentLength)]
    [InlineData(Usual + "\ncontent-length: 1, 1", Http2Error.InvalidContentLength)]
    [InlineData(Usual + "\ncontent-length: ", Http2Error.InvalidContentLength)]
    [InlineData(Usual + "\ncontent-length: 0x1", Http2Error.InvalidContentLength)]
    [InlineData(Usual + "\ncontent-length: 9223372036854775808", Http2Error.InvalidContentLength)]
    [InlineData(Usual + "\ncontent-length: 1\ncontent-length: 1", Http2Error.DuplicateContentLength)]
    [InlineData(Usual + "\ncontent-length: 1", Http2Error.ContentLengthMismatch)]
    [InlineData(":method: CONNECT\n:scheme: https\n:authority: a:1", Http2Error.InvalidConnect)]
    [InlineData(":method: CONNECT\n:path: /\n:authority: a:1", Http2Error.InvalidConnect)]
    [InlineData(":method: CONNECT\n:authority: a:1\ncontent-length: 0", Http2Error.InvalidConnect)]
    [InlineData(":method: CONNECT", Http2Error.MissingPseudoField)]
    [InlineData(":method: CONNECT\n:authority: a b", Http2Error.InvalidAuthority)]
    [InlineData(Usual + "\n:protocol: websocket", Http2Error.InvalidProtocol)]
    [InlineData(":method: CONNECT\n:protocol: web socket\n:scheme: https\n:path: /\n:authority: a", Http2Error.InvalidProtocol)]
    [InlineData(":method: CONNECT\n:protocol: websocket\n:path: /\n:authority: a", Http2Error.MissingPseudoField)]
    [InlineData(":method: CONNECT\n:protocol: websocket\n:scheme: https\n:authority: a", Http2Error.MissingPseudoField)]
    [InlineData(":method: CONNECT\n:protocol: websocket\n:scheme: https\n:path: /", Http2Error.MissingPseudoField)]
    [InlineData(Connect + "\ncontent-length: 0", Http2Error.InvalidConnect)]
    public void Request_ThatIsMalformed_IsAStreamError(string lines, Http2Error reason)
    {
        Side side = Side.Server();

        side.Feed(Headers(1, Block(lines)), Headers(3, Frames.Get));

        side.Events.ShouldBe($"refused 1 {reason} | request 3 end");
        side.Sent().ShouldBe("RST_STREAM 1 ProtocolError");
    }

    [Fact]
    public void ControlCharacters_InEveryPlace_AreStreamErrors()
    {
        for (int control = 0; control < 33; control++)
        {
            string text = $"a{(char)(control == 32 ? 127 : control)}b";
            (string, string)[][] lists =
            [
                [(":method", text), (":scheme", "https"), (":path", "/"), (":authority", "a")],
                [(":method", "GET"), (":scheme", text), (":path", "/"), (":authority", "a")],
                [(":method", "GET"), (":scheme", "https"), (":path", "/" + text), (":authority", "a")],
                [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", text)],
                [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "a"), (text, "x")],
                [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "a"), ("x", text)],
                [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "a"), ("cookie", text)],
                [(":method", "CONNECT"), (":protocol", text), (":scheme", "https"), (":path", "/"), (":authority", "a")],
            ];
            foreach ((string Name, string Value)[] list in lists)
            {
                Side side = Side.Server();

                side.Feed(Headers(1, Frames.Block(list)));

                bool isTab = control == 9 && list.Any(x => x.Name is "x" or "cookie");
                side.Sent().ShouldBe(isTab ? "" : "RST_STREAM 1 ProtocolError");
            }
        }
    }

    // RFC 8441 4 and 5.
    [Fact]
    public void ExtendedConnect_BecomesAnUpgrade()
    {
        Side side = Side.Server();
        side.Connection.WebSocketKey = Bytes.Of("AAAAAAAAAAAAAAAAAAAAAA==");

        side.Feed(Headers(1, Block(Connect + "\nsec-websocket-version: 13\nsec-websocket-key: x"), EndHeaders));

        side.Recorder.Head.ShouldBe(
            "GET /chat?x HTTP/1.1\r\nhost: a:8443\r\nsec-websocket-version: 13\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            + "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        side.Recorder.Streams[1].IsTunnel.ShouldBeTrue();
        (ParseStatus status, _, RequestHead head) = Requests.Parse(side.Recorder.Head);
        status.ShouldBe(ParseStatus.Done);
        head.UpgradeRequested.ShouldBeTrue();
        head.Framing.ShouldBe(BodyFraming.None);

        side.Head(
            side.Recorder.Streams[1],
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\nx: y\r\n\r\n");

        (Http2FrameHeader header, byte[] block) = Parse(side.TakeOutput()).Single();
        header.Has(End).ShouldBeFalse();
        Decode(block).ShouldBe(":status: 200\nx: y");
        side.Feed(Data(1, "ping", 0));
        side.Recorder.Contents[1].ShouldBe("ping");
    }

    [Fact]
    public void Head_AtTheLimitAndAbove_IsToldAndToldToBeTooLarge()
    {
        Http2Limits limits = Http2Limits.Default with { HeaderListBytes = 300, HeaderCount = 6 };
        int rest = 300 - new[] { ":methodGET", ":schemehttps", ":path/", ":authoritya", "x" }.Sum(x => x.Length + 32);
        Side side = Side.Server(limits);

        side.Feed(Headers(1, Block($"{Usual}\nx: {new string('v', rest)}")), Headers(3, Block($"{Usual}\nx: {new string('v', rest + 1)}")));
        side.Events.ShouldBe("request 1 end | too large 3 end");

        side.Feed(Headers(5, Block(Usual + "\na: 1\nb: 1")), Headers(7, Block(Usual + "\na: 1\nb: 1\nc: 1"), EndHeaders));
        side.Events.ShouldEndWith("request 5 end | too large 7");

        side.Head(side.Recorder.Streams[7], "HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n", end: true);
        side.Sent().ShouldBe("HEADERS 7 end");
    }

    [Fact]
    public void Head_OfTheLargestKind_HasRoomInTheText()
    {
        (string, string)[] fields =
        [
            (":method", "GET"), (":scheme", "https"), (":path", "/" + new string('p', 15000)), (":authority", "a"),
            .. Enumerable.Range(0, 600).Select(i => ("cookie", $"c{i}")), ("x", new string('v', 22000)),
        ];
        Side side = Side.Server();

        side.Feed(Headers(1, Frames.Block(fields)[..16000], End), Continuation(1, Frames.Block(fields)[16000..32000], 0));
        side.Feed(Continuation(1, Frames.Block(fields)[32000..]));

        side.Events.ShouldBe("request 1 end");
        RequestHead head = new();
        default(RequestParser).Parse(Bytes.Of(side.Recorder.Head), head, HttpLimits.Default).ShouldBe(ParseStatus.Done);
        head.Headers.Count.ShouldBe(3);
    }

    // RFC 9218 4 and 7.
    [Theory]
    [InlineData("u=0, i", 0, true)]
    [InlineData("i=?0,u=7", 7, false)]
    [InlineData("u=5;x=1, i=?1", 5, true)]
    [InlineData("u=8, x", 3, false)]
    [InlineData("u=-1", 3, false)]
    [InlineData("", 3, false)]
    public void Priority_InTheHeadAndLater_IsKept(string value, int urgency, bool incremental)
    {
        Side side = Side.Server();

        side.Feed(Headers(1, Block($"{Usual}\npriority: {value}")), Headers(3, Frames.Get));
        side.Feed(Of(Http2FrameType.PriorityUpdate, 0, 0, [.. Number(3), .. Bytes.Of(value)]));

        foreach (Http2Stream stream in side.Recorder.Streams.Values)
        {
            (stream.Urgency, stream.IsIncremental).ShouldBe((urgency, incremental));
        }
    }

    // RFC 9218 7.1.
    [Theory]
    [InlineData(1, 3, "ProtocolError")]
    [InlineData(0, 0, "ProtocolError")]
    [InlineData(0, -1, "FrameSizeError")]
    public void PriorityUpdate_ThatIsMalformed_EndsTheConnection(int stream, int prioritized, string code)
    {
        Side side = Side.Server();

        side.Feed(Of(Http2FrameType.PriorityUpdate, 0, stream, prioritized < 0 ? new byte[3] : Number((uint)prioritized)));

        side.Sent().ShouldBe($"GOAWAY 0 {code}");
    }

    private static byte[] Block(string lines) => Frames.Block([.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Split)]);

    private static (string, string) Split(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        return (line[..colon], line[(colon + 2)..]);
    }

    private static string Decode(byte[] block)
    {
        HpackFields fields = new();
        new HpackDecoder().Decode(block, fields).ShouldBe(HpackError.None);
        return Hpack.Blocks.Lines(fields);
    }
}
