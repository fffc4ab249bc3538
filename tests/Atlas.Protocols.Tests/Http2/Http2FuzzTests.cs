using Atlas.Protocols.Http2;
using Atlas.Protocols.Tests.Hpack;
using CsCheck;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>Bytes that are random, frames that are, and valid conversations with a few bytes changed: nothing throws.</summary>
public sealed class Http2FuzzTests
{
    private static readonly byte[] Conversation = Join(
        Settings((4, 100), (1, 50)), SettingsAck, Headers(1, Frames.Get), Headers(3, Post, EndHeaders), Data(3, "content", 0),
        Ping(), WindowUpdate(0, 5), WindowUpdate(3, 5), Of(Http2FrameType.Data, Padded, 3, 2, 1, 0, 0), Priority(5, 3),
        Headers(3, Blocks.Literal("a", "b")), Headers(5, [0x82, 0x87, 0x84, 0x41, 1, (byte)'a']), Reset(5), Headers(7, Post[..9], 0),
        Continuation(7, Post[9..]), Of(Http2FrameType.PriorityUpdate, 0, 0, 0, 0, 0, 7, (byte)'i'), Of((Http2FrameType)77, 0, 0, 1), GoAway(0));

    private static readonly Gen<byte[]> RandomFrame =
        Gen.Select(Gen.Byte[0, 17], Gen.OneOf(Gen.Byte, Gen.Byte[0, 5]), Gen.Int[0, 9], Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte[0, 3].Array[0, 12]))
            .Select((type, flags, stream, payload) => Of((Http2FrameType)type, (Http2FrameFlags)flags, stream, payload));

    private static readonly Gen<byte[]> MutatedConversation = Mutations.Of(Conversation);

    [Fact]
    public void Server_MutatedConversation_NeverThrowsAndDoesNotDependOnTheSplit() =>
        MutatedConversation.Sample(bytes => Check(Http2Role.Server, bytes), iter: 600);

    [Fact]
    public void Server_RandomFrames_NeverThrowAndDoNotDependOnTheSplit() =>
        Gen.OneOf(RandomFrame, Gen.Int[0, 9].Select(i => Headers((i * 2) + 1, i % 2 == 0 ? Frames.Get : Post, i < 5 ? EndHeaders : End | EndHeaders)))
            .Array[0, 60]
            .Sample(frames => Check(Http2Role.Server, [.. Settings(), .. Join(frames)]), iter: 600);

    [Fact]
    public void Client_RandomFrames_NeverThrowAndDoNotDependOnTheSplit() =>
        Gen.OneOf(RandomFrame, Gen.Int[0, 4].Select(i => Headers((i * 2) + 1, Ok, i < 2 ? EndHeaders : End | EndHeaders)))
            .Array[0, 60]
            .Sample(frames => Check(Http2Role.Client, [.. Settings(), .. Join(frames)]), iter: 600);

    [Fact]
    public void Bytes_ThatAreRandom_NeverThrow() => Gen.Byte.Array[0, 300].Sample(bytes => Check(Http2Role.Server, bytes), iter: 600);

    // Whole and byte by byte come to the same, with handlers that answer, reset and let things be.
    private static void Check(Http2Role role, byte[] bytes)
    {
        string whole = Run(role, bytes, [bytes.Length]);

        Run(role, bytes, Enumerable.Range(1, bytes.Length)).ShouldBe(whole);
    }

    private static string Run(Http2Role role, byte[] bytes, IEnumerable<int> ends)
    {
        Side side = new(role);
        side.Recorder.Opened = stream => side.Data(stream, "more", end: false);
        if (role == Http2Role.Server)
        {
            HashSet<int> answered = [];
            side.Recorder.Began = stream => Act(side, stream, answered);
            side.Recorder.Ended = stream => Act(side, stream, answered);
            side.Feed(Http2Connection.Preface.ToArray());
        }
        else
        {
            for (int i = 0; i < 3; i++)
            {
                side.Request(end: i != 1);
            }
        }

        side.Feed(bytes, ends);

        side.Connection.StreamCount.ShouldBeLessThanOrEqualTo(100);
        return $"{side.Events} || {side.Sent()} || {side.Connection.Error} {side.Connection.Flood} {side.Connection.HeaderBlockError}";
    }

    private static void Act(Side side, Http2Stream stream, HashSet<int> answered)
    {
        switch ((stream.Id / 2) % 4)
        {
            case 0 when answered.Add(stream.Id):
                side.Head(stream, "HTTP/1.1 200 OK\r\n\r\n");
                side.Data(stream, new string('x', 200), end: false);
                break;
            case 1 when answered.Add(stream.Id):
                side.Answer(stream);
                break;
            case 2:
                side.Connection.Reset(stream, Http2ErrorCode.Cancel);
                break;
            default:
                break;
        }
    }
}
