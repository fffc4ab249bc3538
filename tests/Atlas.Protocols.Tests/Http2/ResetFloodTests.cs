using System.Buffers.Binary;
using Atlas.Protocols.Http2;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>The limits on streams that are reset because of what the peer did.</summary>
public sealed class ResetFloodTests
{
    private static readonly byte[] LongPost = Block(
        (":method", "POST"), (":scheme", "https"), (":path", "/"), (":authority", "a"), ("content-length", "2"));

    private readonly Side _side = Side.Server();

    [Fact]
    public void PeerResets_AtTheLimitAndOneMore()
    {
        Check(Http2Flood.PeerResets, 100, i => Join(Headers((i * 2) + 1, Frames.Get), Reset((i * 2) + 1)));

        _side.Events.ShouldEndWith("reset 201 Cancel None | closed 201");
    }

    [Fact]
    public void PeerResets_InTwoPeriods_AreCountedApart()
    {
        int id = 1;
        for (int period = 0; period < 3; period++)
        {
            for (int i = 0; i < 100; i++, id += 2)
            {
                _side.Feed(Headers(id, Frames.Get), Reset(id));
            }

            _side.NowMs += 9999;
            _side.Connection.Error.ShouldBe(Http2Error.None);
            _side.NowMs += 1;
        }

        _side.NowMs -= 1;
        for (int i = 0; i < 100; i++, id += 2)
        {
            _side.Feed(Headers(id, Frames.Get), Reset(id));
        }

        _side.Connection.Flood.ShouldBe(Http2Flood.PeerResets);
    }

    // As a busy client of gRPC that cancels a part of its calls.
    [Fact]
    public void PeerResets_BesideStreamsThatWereServed_AreNotCounted()
    {
        Http2Stream? last = null;
        _side.Recorder.Began = stream =>
        {
            last = stream;
            stream.IsServed = true;
        };
        int id = 1;
        for (int i = 0; i < 1000; i++, id += 4)
        {
            _side.Feed(Headers(id, Frames.Get));
            _side.Head(last!, "HTTP/1.1 204 No Content\r\n\r\n", end: true);
            _side.Feed(Headers(id + 2, Frames.Get), Reset(id + 2));
            _side.Sent();
        }

        _side.Connection.Error.ShouldBe(Http2Error.None);
        for (int i = 0; i < 101; i++, id += 2)
        {
            _side.Connection.Error.ShouldBe(Http2Error.None);
            _side.Feed(Headers(id, Frames.Get), Reset(id));
        }

        _side.Connection.Flood.ShouldBe(Http2Flood.PeerResets);
    }

    [Fact]
    public void PeerResets_BesideMoreStreamsThanAreKept_AreCounted()
    {
        int credit = Http2Limits.Default.ResetCredit;
        Http2Stream? last = null;
        _side.Recorder.Began = stream =>
        {
            last = stream;
            stream.IsServed = true;
        };
        int id = 1;
        for (int i = 0; i < credit + 500; i++, id += 2)
        {
            _side.Feed(Headers(id, Frames.Get));
            _side.Head(last!, "HTTP/1.1 204 No Content\r\n\r\n", end: true);
            _side.Sent();
        }

        for (int i = 0; i < credit + 101; i++, id += 2)
        {
            _side.Connection.Error.ShouldBe(Http2Error.None);
            _side.Feed(Headers(id, Frames.Get), Reset(id));
        }

        _side.Connection.Flood.ShouldBe(Http2Flood.PeerResets);
    }

    // Answers that cost nothing pay for nothing.
    [Fact]
    public void PeerResets_BesideStreamsThatWereAnsweredOnly_AreCounted()
    {
        _side.Recorder.Ended = _side.Answer;
        int id = 1;
        for (int i = 0; i < 300; i++, id += 2)
        {
            _side.Feed(Headers(id, Post, EndHeaders), Data(id, ""));
        }

        _side.Sent();
        _side.Recorder.Ended = null;
        Check(Http2Flood.PeerResets, 100, i => Join(Headers(id + (i * 2), Frames.Get), Reset(id + (i * 2))));
    }

    // A server resets what it was asked for: no work that it causes.
    [Fact]
    public void PeerResets_OfAServer_AreNotCounted()
    {
        Side client = Side.Client();
        for (int i = 0; i < 500; i++)
        {
            Http2Stream stream = client.Request();
            client.Feed(Reset(stream.Id, Http2ErrorCode.RefusedStream));
        }

        client.Connection.Error.ShouldBe(Http2Error.None);
    }

    [Fact]
    public void OwnResets_ByMalformedRequests_AtTheLimitAndOneMore() =>
        Check(Http2Flood.OwnResets, 100, i => Headers((i * 2) + 1, Block((":method", "GET"))));

    // "Made you reset": requests that are right, and then a frame that is not.
    public static TheoryData<string, byte[]> BrokenFrames() => new()
    {
        { "WINDOW_UPDATE by nothing", WindowUpdate(0, 0) },
        { "window too large", WindowUpdate(0, int.MaxValue) },
        { "PRIORITY too short", Of(Http2FrameType.Priority, 0, 0, 0, 0, 0, 0) },
        { "DATA after the end", Data(0, "x", 0) },
    };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public void OwnResets_ByBrokenFrames_AtATenthOfTheLimitAndOneMore(string what, byte[] frame)
    {
        what.ShouldNotBeEmpty();
        Check(Http2Flood.OwnResets, 10, i =>
        {
            byte[] broken = [.. frame];
            BinaryPrimitives.WriteInt32BigEndian(broken.AsSpan(5), (i * 2) + 1);
            return Join(Headers((i * 2) + 1, Frames.Get), broken);
        });
    }

    [Fact]
    public void OwnResets_ByBrokenFramesInTwoPeriods_AreCountedApart()
    {
        for (int i = 0; i < 30; i++)
        {
            _side.NowMs += i % 10 == 0 ? 10_000 : 0;
            _side.Feed(Headers((i * 2) + 1, Frames.Get), WindowUpdate((i * 2) + 1, 0));
        }

        _side.Connection.Error.ShouldBe(Http2Error.None);
    }

    // What a server gets wrong is no attack, and cut short would be the requests of others.
    [Fact]
    public void OwnResets_ByBrokenFramesOfAServer_AreCountedOnce()
    {
        Side client = Side.Client();
        for (int i = 0; i < 100; i++)
        {
            client.Feed(WindowUpdate(client.Request().Id, 0));
        }

        client.Connection.Error.ShouldBe(Http2Error.None);
    }

    // What is wrong with a message is its author's mistake.
    [Fact]
    public void OwnResets_ByContentOfAnotherLength_AtTheLimitAndOneMore() =>
        Check(Http2Flood.OwnResets, 100, i => Join(Headers((i * 2) + 1, LongPost, EndHeaders), Data((i * 2) + 1, "x")));

    [Fact]
    public void OwnResets_ByFramesAfterAReset_AtTheLimitAndOneMore()
    {
        _side.Feed(Headers(1, Post, EndHeaders), Reset(1));

        Check(Http2Flood.OwnResets, 100, _ => Data(1, "x", 0));
    }

    [Fact]
    public void OwnResets_ByTooManyStreams_AtTheLimitAndOneMore()
    {
        for (int i = 0; i < 100; i++)
        {
            _side.Feed(Headers((i * 2) + 1, Frames.Get));
        }

        Check(Http2Flood.OwnResets, 100, i => Headers((i * 2) + 201, Frames.Get));
    }

    // What the connection's user resets is not the peer's doing.
    [Fact]
    public void OwnResets_ByTheUser_AreNotCounted()
    {
        _side.Recorder.Began = stream => _side.Connection.Reset(stream, Http2ErrorCode.InternalError);
        for (int i = 0; i < 300; i++)
        {
            _side.Feed(Headers((i * 2) + 1, Frames.Get));
            _side.Sent();
        }

        _side.Connection.Error.ShouldBe(Http2Error.None);
    }

    private void Check(Http2Flood flood, int limit, Func<int, byte[]> input) => FloodChecks.Check(_side, flood, limit, input);
}
