using System.Buffers.Binary;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>A client of HTTP/2 that sends the same frames on stream after stream, takes everything and allocates nothing.</summary>
internal sealed class Http2ReplayStream : FedStream
{
    private const int HeaderSize = 9;

    private readonly byte[] _opening;
    private readonly byte[] _frames;
    private readonly int _streams;
    private int _nextId = 1;

    /// <summary>A client that opens streams of the same frames, again and again.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="streams">Streams that begin at once.</param>
    /// <param name="frames">The frames of one stream, each with a header whose stream is filled in.</param>
    internal Http2ReplayStream(EventLoop loop, int streams, byte[] frames)
        : base(loop)
    {
        _streams = streams;

        // A window that is never full (RFC 9113 6.9.1), behind settings that say nothing.
        _opening =
        [
            .. Http2Connection.Preface,
            0, 0, 0, 4, 0, 0, 0, 0, 0,
            0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0xff, 0, 0,
        ];
        _frames = [.. Enumerable.Repeat(frames, streams).SelectMany(bytes => bytes)];
    }

    internal long SentBytes { get; private set; }

    /// <summary>The connection begins.</summary>
    internal void Open() => Give(_opening);

    /// <summary>Streams begin.</summary>
    internal void Offer()
    {
        int length = _frames.Length / _streams;
        for (int stream = 0; stream < _streams; stream++, _nextId += 2)
        {
            for (int at = stream * length; at < (stream + 1) * length;)
            {
                BinaryPrimitives.WriteInt32BigEndian(_frames.AsSpan(at + 5), _nextId);
                at += HeaderSize + (_frames[at] << 16 | _frames[at + 1] << 8 | _frames[at + 2]);
            }
        }

        Give(_frames);
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        SentBytes += bytes.Length;
        return bytes.Length;
    }
}
