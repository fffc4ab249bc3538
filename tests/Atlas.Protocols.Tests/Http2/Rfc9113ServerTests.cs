using Atlas.Protocols.Http2;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>
/// What a client may not do, and what a server has to answer, by sections of RFC 9113 (5.3.1 by RFC 7540). Every case is fed
/// whole, byte by byte, and cut in two at every byte. The server answers a request at its end with an empty 200, except in
/// cases whose name says that it does not.
/// </summary>
public sealed class Rfc9113ServerTests
{
    private const string Ok1 = "HEADERS 1 end";

    private static readonly byte[] Long = [.. Enumerable.Repeat((byte)0, 16385)];
    private static readonly byte[] Usual = Headers(1, Get);
    private static readonly byte[] Begun = Headers(1, Post, EndHeaders);

    private static readonly Dictionary<string, (byte[] Input, string Sent)> Cases = new(StringComparer.Ordinal)
    {
        ["4.1 unknown type is ignored"] = (Join(Of((Http2FrameType)22, 0, 0, 1, 2, 3), Ping()), "PING ack"),
        ["4.1 undefined flags are ignored"] = (Of(Http2FrameType.Ping, (Http2FrameFlags)0xFE & ~Http2FrameFlags.Ack, 0, new byte[8]), "PING ack"),
        ["4.1 reserved bit of the stream is ignored"] = (Of(Http2FrameType.Ping, 0, int.MinValue, new byte[8]), "PING ack"),
        ["4.2 DATA of 2^14 bytes is taken"] = (Join(Begun, Of(Http2FrameType.Data, End, 1, new byte[16384])), Ok1),
        ["4.2 DATA of more"] = (Join(Begun, Of(Http2FrameType.Data, End, 1, Long)), "GOAWAY 1 FrameSizeError"),
        ["4.2 HEADERS of more"] = (Headers(1, Long), "GOAWAY 0 FrameSizeError"),
        ["4.3 block that cannot be decoded"] = (Headers(1, [0x40]), "GOAWAY 0 CompressionError"),
        ["4.3 PRIORITY within a block"] =
            (Join(Headers(1, Get, End), Priority(1, 0), Continuation(1, [])), "GOAWAY 0 ProtocolError"),
        ["4.3 HEADERS of another stream within a block"] = (Join(Headers(1, Get, End), Headers(3, Get)), "GOAWAY 0 ProtocolError"),
        ["5.1 idle: DATA"] = (Data(1, "test"), "GOAWAY 0 ProtocolError"),
        ["5.1 idle: RST_STREAM"] = (Reset(1), "GOAWAY 0 ProtocolError"),
        ["5.1 idle: WINDOW_UPDATE"] = (WindowUpdate(1, 100), "GOAWAY 0 ProtocolError"),
        ["5.1 idle: CONTINUATION"] = (Continuation(1, Get), "GOAWAY 0 ProtocolError"),
        ["5.1 idle: PRIORITY is allowed"] = (Join(Priority(1, 0), Priority(2, 0), Usual), Ok1),
        ["5.1 half-closed (remote), not answered: DATA"] = (Join(Usual, Data(1, "test")), "RST_STREAM 1 StreamClosed"),
        ["5.1 half-closed (remote), not answered: HEADERS"] = (Join(Usual, Usual), "RST_STREAM 1 StreamClosed"),
        ["5.1 half-closed (remote), not answered: CONTINUATION"] = (Join(Usual, Continuation(1, Get)), "GOAWAY 1 ProtocolError"),
        ["5.1 half-closed (remote), not answered: WINDOW_UPDATE, PRIORITY, RST_STREAM are allowed"] =
            (Join(Usual, WindowUpdate(1, 1), Priority(1, 0), Reset(1), Ping()), "PING ack"),
        ["5.1 closed by RST_STREAM of the client: DATA"] = (Join(Begun, Reset(1), Data(1, "test")), "RST_STREAM 1 StreamClosed"),
        ["5.1 closed by RST_STREAM of the client: HEADERS"] = (Join(Begun, Reset(1), Usual), "RST_STREAM 1 StreamClosed"),
        ["5.1 closed by RST_STREAM of the client: CONTINUATION"] =
            (Join(Begun, Reset(1), Continuation(1, Get)), "GOAWAY 1 ProtocolError"),
        ["5.1 closed by RST_STREAM of the client: another RST_STREAM is ignored"] =
            (Join(Begun, Reset(1), Reset(1), WindowUpdate(1, 1), Priority(1, 0), Ping()), "PING ack"),
        ["5.1 closed: DATA"] = (Join(Usual, Data(1, "test")), $"{Ok1} | GOAWAY 1 StreamClosed"),
        ["5.1 closed: HEADERS"] = (Join(Usual, Usual), $"{Ok1} | GOAWAY 1 StreamClosed"),
        ["5.1 closed: CONTINUATION"] = (Join(Usual, Continuation(1, Get)), $"{Ok1} | GOAWAY 1 ProtocolError"),
        ["5.1 closed: WINDOW_UPDATE, RST_STREAM, PRIORITY are allowed"] =
            (Join(Usual, WindowUpdate(1, 1), Reset(1), Priority(1, 0), Ping()), $"{Ok1} | PING ack"),
        ["5.1 closed by RST_STREAM of the server: what was on its way is let pass"] =
            (Join(Headers(1, Block((":method", "GET")), EndHeaders), Data(1, "test", 0), Data(1, ""), Headers(1, Block(("a", "b"))), Ping()),
                "RST_STREAM 1 ProtocolError | PING ack"),
        ["5.1.1 even number"] = (Headers(2, Get), "GOAWAY 0 ProtocolError"),
        ["5.1.1 smaller number than before"] = (Join(Headers(5, Get), Headers(3, Get)), "HEADERS 5 end | GOAWAY 5 ProtocolError"),
        ["5.1.1 smaller number than before: DATA"] = (Join(Headers(5, Get), Data(3, "x")), "HEADERS 5 end | GOAWAY 5 StreamClosed"),
        ["5.3.1 HEADERS that depends on itself"] =
            (Headers(1, [.. Number(1), 15, .. Get], End | EndHeaders | Http2FrameFlags.Priority), "RST_STREAM 1 ProtocolError"),
        ["5.3.1 PRIORITY that depends on itself, idle"] = (Priority(1, 1), "GOAWAY 0 ProtocolError"),
        ["5.3.1 PRIORITY that depends on itself, open"] = (Join(Begun, Priority(1, 1)), "RST_STREAM 1 ProtocolError"),
        ["5.3.1 PRIORITY that depends on itself, closed"] = (Join(Usual, Priority(1, 1)), $"{Ok1} | RST_STREAM 1 ProtocolError"),
        ["5.5 unknown frame within a block"] =
            (Join(Headers(1, Get, End), Of((Http2FrameType)255, 0, 0, 1), Continuation(1, [])), "GOAWAY 0 ProtocolError"),
        ["5.5 unknown frame of 2^14 bytes on a stream that is idle"] = (Join(Of((Http2FrameType)255, 0, 7, new byte[16384]), Ping()), "PING ack"),
        ["6.1 DATA on stream 0"] = (Data(0, "test"), "GOAWAY 0 ProtocolError"),
        ["6.1 DATA with padding"] = (Join(Begun, Of(Http2FrameType.Data, End | Padded, 1, 3, 1, 2, 0, 0, 0)), Ok1),
        ["6.1 DATA of padding only"] = (Join(Begun, Of(Http2FrameType.Data, End | Padded, 1, 3, 0, 0, 0)), Ok1),
        ["6.1 DATA with padding as long as the payload"] =
            (Join(Begun, Of(Http2FrameType.Data, End | Padded, 1, 5, 1, 2, 0, 0)), "GOAWAY 1 ProtocolError"),
        ["6.1 DATA without room for the length of the padding"] =
            (Join(Begun, Of(Http2FrameType.Data, End | Padded, 1)), "GOAWAY 1 FrameSizeError"),
        ["6.2 HEADERS on stream 0"] = (Headers(0, Get), "GOAWAY 0 ProtocolError"),
        ["6.2 HEADERS with padding and priority"] =
            (Headers(1, [2, .. Number(0x80000003), 255, .. Get, 0, 0], End | EndHeaders | Padded | Http2FrameFlags.Priority), Ok1),
        ["6.2 HEADERS with padding as long as the payload"] =
            (Headers(1, [(byte)(Get.Length + 1), .. Get], End | EndHeaders | Padded), "GOAWAY 0 ProtocolError"),
        ["6.2 HEADERS too short for its priority"] =
            (Headers(1, [0, 0, 0], End | EndHeaders | Http2FrameFlags.Priority), "GOAWAY 0 FrameSizeError"),
        ["6.2 HEADERS in two parts with padding"] =
            (Join(Headers(1, [1, .. Get[..9], 0], End | Padded), Continuation(1, Get[9..20], 0), Continuation(1, Get[20..])), Ok1),
        ["6.3 PRIORITY on stream 0"] = (Priority(0, 1), "GOAWAY 0 ProtocolError"),
        ["6.3 PRIORITY of 4 bytes"] = (Join(Begun, Of(Http2FrameType.Priority, 0, 1, 0, 0, 0, 0)), "RST_STREAM 1 FrameSizeError"),
        ["6.3 PRIORITY without a byte"] = (Join(Begun, Of(Http2FrameType.Priority, 0, 1)), "RST_STREAM 1 FrameSizeError"),
        ["6.4 RST_STREAM on stream 0"] = (Reset(0), "GOAWAY 0 ProtocolError"),
        ["6.4 RST_STREAM of 3 bytes"] = (Join(Begun, Of(Http2FrameType.ResetStream, 0, 1, 0, 0, 0)), "GOAWAY 1 FrameSizeError"),
        ["6.5 SETTINGS acknowledged with a payload"] =
            (Of(Http2FrameType.Settings, Http2FrameFlags.Ack, 0, new byte[6]), "GOAWAY 0 FrameSizeError"),
        ["6.5 SETTINGS on a stream"] = (Of(Http2FrameType.Settings, 0, 1, new byte[6]), "GOAWAY 0 ProtocolError"),
        ["6.5 SETTINGS of 3 bytes"] = (Of(Http2FrameType.Settings, 0, 0, new byte[3]), "GOAWAY 0 FrameSizeError"),
        ["6.5.2 ENABLE_PUSH 2"] = (Settings((2, 2)), "GOAWAY 0 ProtocolError"),
        ["6.5.2 ENABLE_PUSH 0 and 1"] = (Settings((2, 0), (2, 1)), "SETTINGS ack"),
        ["6.5.2 INITIAL_WINDOW_SIZE 2^31"] = (Settings((4, 0x80000000)), "GOAWAY 0 FlowControlError"),
        ["6.5.2 MAX_FRAME_SIZE 2^14 - 1"] = (Settings((5, 16383)), "GOAWAY 0 ProtocolError"),
        ["6.5.2 MAX_FRAME_SIZE 2^24"] = (Settings((5, 1 << 24)), "GOAWAY 0 ProtocolError"),
        ["6.5.2 MAX_FRAME_SIZE of both ends"] = (Settings((5, 16384), (5, (1 << 24) - 1)), "SETTINGS ack"),
        ["6.5.2 unknown setting"] = (Settings((255, 1)), "SETTINGS ack"),
        ["RFC 8441 3 ENABLE_CONNECT_PROTOCOL 2"] = (Settings((8, 2)), "GOAWAY 0 ProtocolError"),
        ["RFC 8441 3 ENABLE_CONNECT_PROTOCOL taken back"] = (Settings((8, 1), (8, 0)), "GOAWAY 0 ProtocolError"),
        ["RFC 9218 2.1 NO_RFC7540_PRIORITIES 2"] = (Settings((9, 2)), "GOAWAY 0 ProtocolError"),
        ["6.5.3 SETTINGS is acknowledged"] = (Join(Settings((4, 1)), Settings()), "SETTINGS ack | SETTINGS ack"),
        ["6.5.3 SETTINGS acknowledged unasked is ignored"] = (Join(SettingsAck, SettingsAck, Ping()), "PING ack"),
        ["6.6 PUSH_PROMISE of a client"] = (Of(Http2FrameType.PushPromise, EndHeaders, 1, [.. Number(2), .. Get]), "GOAWAY 0 ProtocolError"),
        ["6.7 PING is answered"] = (Ping(), "PING ack"),
        ["6.7 PING acknowledged is not answered"] = (Join(Ping(Http2FrameFlags.Ack), Ping()), "PING ack"),
        ["6.7 PING on a stream"] = (Of(Http2FrameType.Ping, 0, 1, new byte[8]), "GOAWAY 0 ProtocolError"),
        ["6.7 PING of 6 bytes"] = (Of(Http2FrameType.Ping, 0, 0, new byte[6]), "GOAWAY 0 FrameSizeError"),
        ["6.8 GOAWAY on a stream"] = (Of(Http2FrameType.GoAway, 0, 1, new byte[8]), "GOAWAY 0 ProtocolError"),
        ["6.8 GOAWAY of 7 bytes"] = (Of(Http2FrameType.GoAway, 0, 0, new byte[7]), "GOAWAY 0 FrameSizeError"),
        ["6.8 GOAWAY does not end what goes on"] = (Join(Begun, GoAway(0, text: "see you"), Data(1, "test")), Ok1),
        ["6.9 WINDOW_UPDATE by 0"] = (WindowUpdate(0, 0), "GOAWAY 0 ProtocolError"),
        ["6.9 WINDOW_UPDATE by 0 on a stream"] = (Join(Begun, WindowUpdate(1, 0)), "RST_STREAM 1 ProtocolError"),
        ["6.9 WINDOW_UPDATE of 3 bytes"] = (Of(Http2FrameType.WindowUpdate, 0, 0, 0, 0, 1), "GOAWAY 0 FrameSizeError"),
        ["6.9.1 window of the connection above 2^31 - 1"] =
            (Join(WindowUpdate(0, int.MaxValue), WindowUpdate(0, int.MaxValue)), "GOAWAY 0 FlowControlError"),
        ["6.9.1 window of a stream above 2^31 - 1"] =
            (Join(Begun, WindowUpdate(1, int.MaxValue), WindowUpdate(1, int.MaxValue)), "RST_STREAM 1 FlowControlError"),
        ["6.9.1 windows of 2^31 - 1"] =
            (Join(Begun, WindowUpdate(0, int.MaxValue - 65535), WindowUpdate(1, int.MaxValue - 65535), Ping()), "PING ack"),
        ["6.9.2 window of a stream above 2^31 - 1 by SETTINGS"] =
            (Join(Begun, WindowUpdate(1, 1), Settings((4, int.MaxValue))), "GOAWAY 1 FlowControlError"),
        ["6.10 CONTINUATION several times"] =
            (Join(Headers(1, Get[..3], End), Continuation(1, Get[3..9], 0), Continuation(1, [], 0), Continuation(1, Get[9..])), Ok1),
        ["6.10 CONTINUATION and then another frame"] =
            (Join(Headers(1, Get[..3], End), Continuation(1, Get[3..], 0), Data(1, "test")), "GOAWAY 0 ProtocolError"),
        ["6.10 CONTINUATION on stream 0"] = (Join(Headers(1, Get[..3], End), Continuation(0, Get[3..])), "GOAWAY 0 ProtocolError"),
        ["6.10 CONTINUATION of another stream"] = (Join(Headers(1, Get[..3], End), Continuation(3, Get[3..])), "GOAWAY 0 ProtocolError"),
        ["6.10 CONTINUATION after HEADERS that ended the block"] = (Join(Begun, Continuation(1, Get)), "GOAWAY 1 ProtocolError"),
        ["6.10 CONTINUATION after CONTINUATION that ended the block"] =
            (Join(Headers(1, Get[..3], 0), Continuation(1, Get[3..]), Continuation(1, Get)), "GOAWAY 1 ProtocolError"),
        ["6.10 CONTINUATION after DATA"] = (Join(Begun, Data(1, "test", 0), Continuation(1, Get)), "GOAWAY 1 ProtocolError"),
        ["7 unknown error codes are taken"] = (Join(GoAway(0, (Http2ErrorCode)0xFF), Begun, Reset(1, (Http2ErrorCode)0xFF), Ping()), "PING ack"),
        ["8.1 second HEADERS that does not end the stream"] =
            (Join(Begun, Headers(1, Block(("a", "b")), EndHeaders)), "RST_STREAM 1 ProtocolError"),
        ["8.1 trailers"] = (Join(Begun, Data(1, "test", 0), Headers(1, Block(("a", "b")))), Ok1),
        ["8.1 pseudo-header field in trailers"] =
            (Join(Begun, Headers(1, Block((":method", "GET")))), "RST_STREAM 1 ProtocolError"),
        ["8.1 connection field in trailers"] = (Join(Begun, Headers(1, Block(("upgrade", "x")))), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 content shorter than Content-Length"] = (Join(Post5(), Data(1, "test")), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 content longer than Content-Length"] = (Join(Post5(), Data(1, "longer")), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 content shorter than Content-Length, in several frames"] =
            (Join(Post5(), Data(1, "te", 0), Data(1, "s", 0), Data(1, "")), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 content shorter than Content-Length, before trailers"] =
            (Join(Post5(), Data(1, "test", 0), Headers(1, Block(("a", "b")))), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 content longer than Content-Length, in several frames"] =
            (Join(Post5(), Data(1, "tes", 0), Data(1, "tes", 0)), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 Content-Length without content"] =
            (Headers(1, [.. Post, .. Block(("content-length", "5"))]), "RST_STREAM 1 ProtocolError"),
        ["8.1.1 content as long as Content-Length, with padding"] =
            (Join(Post5(), Of(Http2FrameType.Data, End | Padded, 1, 2, 1, 2, 3, 4, 5, 0, 0)), Ok1),
        ["8.5 HEADERS in a tunnel"] =
            (Join(
                Headers(1, [.. Block((":method", "CONNECT"), (":protocol", "websocket")), .. Get[13..]], EndHeaders),
                Headers(1, Block(("a", "b")))),
                "RST_STREAM 1 ProtocolError"),
        ["RFC 7541 2.3.3 index beyond the tables"] = (Headers(1, [.. Get, 0xC6]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 2.3.3 index of a name beyond the tables"] = (Headers(1, [.. Get, 0x7F, 0x08, 1, 0]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 4.2 table size at the end of a block"] = (Headers(1, [.. Get, 0x21]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 5.2 padding longer than 7 bits"] = (Headers(1, [.. Get, 0, 1, (byte)'x', 0x82, 0x1F, 0xFF]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 5.2 padding of zeros"] = (Headers(1, [.. Get, 0, 1, (byte)'x', 0x81, 0x18]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 5.2 end of string"] =
            (Headers(1, [.. Get, 0, 1, (byte)'x', 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 6.1 index 0"] = (Headers(1, [.. Get, 0x80]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 6.3 table size above the limit"] = (Headers(1, [0x3F, 0xE2, 0x1F, .. Get]), "GOAWAY 0 CompressionError"),
        ["RFC 7541 all representations"] =
            (Headers(1, [0x3F, 0xE1, 0x1F, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a', 0x40, 1, (byte)'b', 0x81, 0x1F, 0x10, 1, (byte)'c', 0, 0xBE]), Ok1),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_WholeAndSplit_IsAnsweredAsTheSectionSays(string name)
    {
        (byte[] input, string sent) = Cases[name];
        IEnumerable<IEnumerable<int>> splits = input.Length < 1000 ? Bytes.Splits(input.Length) : [[input.Length], Enumerable.Range(1, input.Length)];
        string? events = null;
        foreach (IEnumerable<int> ends in splits)
        {
            Side side = Side.Server();
            if (!name.Contains("not answered", StringComparison.Ordinal))
            {
                side.Recorder.Ended = side.Answer;
            }

            side.Feed(input, ends);

            side.Sent().ShouldBe(sent);
            events ??= side.Events;
            side.Events.ShouldBe(events);
            bool isFatal = sent.Contains("GOAWAY", StringComparison.Ordinal);
            (side.Connection.Error != Http2Error.None).ShouldBe(isFatal);
            side.Connection.ErrorCode.ShouldBe(isFatal ? Enum.Parse<Http2ErrorCode>(sent[(sent.LastIndexOf(' ') + 1)..]) : 0);
            side.Recorder.Streams.Count.ShouldBe(side.Connection.StreamCount);
        }
    }

    // 3.4
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\t")]
    public void S34_PrefaceThatIsNone_EndsTheConnection(string preface)
    {
        byte[] bytes = Bytes.Of(preface);
        foreach (int[] ends in Bytes.Splits(bytes.Length))
        {
            Side side = new(Http2Role.Server);
            side.Sent().ShouldBe("SETTINGS | WINDOW_UPDATE 0 983041");

            side.Feed(bytes, ends);

            side.Sent().ShouldBe("GOAWAY 0 ProtocolError");
            side.Connection.Error.ShouldBe(Http2Error.InvalidPreface);
        }
    }

    // 3.4
    [Fact]
    public void S34_FirstFrameIsNotSettings_EndsTheConnection()
    {
        foreach (byte[] frame in new[] { Ping(), Usual, SettingsAck, Of((Http2FrameType)99, 0, 0) })
        {
            Side side = new(Http2Role.Server);
            side.Sent();

            side.Feed([.. Http2Connection.Preface, .. frame]);

            side.Sent().ShouldBe("GOAWAY 0 ProtocolError");
            side.Connection.Error.ShouldBe(Http2Error.SettingsExpected);
        }
    }

    // 6.5: what the server says at the beginning.
    [Fact]
    public void S65_Settings_AreThoseOfTheLimits()
    {
        Side side = new(Http2Role.Server);

        (Http2FrameHeader _, byte[] payload) = Parse(side.TakeOutput())[0];

        payload.ShouldBe(Settings((3, 100), (4, 262_144), (6, 65_536), (8, 1))[9..]);
    }

    // 5.1.2
    [Fact]
    public void S512_StreamsAtTheLimitAndOneMore_AreTakenAndRefused()
    {
        Side side = Side.Server(Http2Limits.Default with { Streams = 3 });

        side.Feed(Headers(1, Get), Headers(3, Post, EndHeaders), Headers(5, Get), Headers(7, Get, EndHeaders), Data(7, "late"));

        side.Sent().ShouldBe("RST_STREAM 7 RefusedStream");
        side.Events.ShouldBe("request 1 end | request 3 | request 5 end | refused 7 TooManyStreams");
        side.Answer(side.Recorder.Streams[1]);
        side.Feed(Headers(9, Get));
        side.Events.ShouldEndWith("closed 1 | request 9 end");
    }

    private static byte[] Post5() => Headers(1, [.. Post, .. Block(("content-length", "5"))], EndHeaders);
}
