using System.Buffers.Binary;
using System.Text;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>A server of HTTP/2 on one simulated connection, which may answer as it likes, in frames that are right or wrong.</summary>
internal sealed class FramePeer : IHttp2Handler
{
    private readonly ByteStream _stream;
    private readonly Http2Connection _frames;
    private readonly Action<FramePeer, FrameRequest> _serve;
    private readonly List<byte> _out = [];
    private readonly byte[] _room = new byte[64 * 1024];
    private bool _isSending;

    internal FramePeer(ByteStream stream, int number, Http2Limits limits, Action<FramePeer, FrameRequest> serve)
    {
        _stream = stream;
        Number = number;
        _serve = serve;
        _frames = new Http2Connection(Http2Role.Server, this, new Http2Memory(limits), isTls: false);
    }

    /// <summary>The number of the connection, from 1.</summary>
    internal int Number { get; }

    /// <summary>Requests on it that came whole, or are served from their head on.</summary>
    internal int Requests { get; private set; }

    /// <summary>Told of each request with its head, before its body.</summary>
    internal Action<FramePeer, FrameRequest>? OnHead { get; init; }

    /// <summary>Awaited before something more is received; null: nothing is.</summary>
    internal Func<Flow>? Pause { get; set; }

    /// <summary>Resets that came.</summary>
    internal List<Http2ErrorCode> Resets { get; } = [];

    /// <summary>Why the other side went away; null: it did not.</summary>
    internal Http2ErrorCode? GoneAway { get; private set; }

    internal ByteStream Stream => _stream;

    internal async Flow RunAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        byte[] piece = new byte[16 * 1024];
        int length = 0;
        await FlushAsync();
        int received;
        while ((received = await _stream.ReceiveSomeAsync(piece)) > 0)
        {
            piece.AsSpan(0, received).CopyTo(buffer.AsSpan(length));
            length += received;
            int taken = _frames.Receive(buffer.AsSpan(0, length), _stream.Loop.NowMs);
            buffer.AsSpan(taken, length - taken).CopyTo(buffer);
            length -= taken;
            await FlushAsync();
            if (Pause is { } pause)
            {
                await pause();
            }
        }
    }

    internal void Respond(FrameRequest request, string head, string body = "", bool ends = true)
    {
        _out.AddRange(_room.AsSpan(0, _frames.WriteHead(request.Frames, Encoding.Latin1.GetBytes(head), ends && body.Length == 0, _room)));
        if (body.Length > 0)
        {
            Send(request, body, ends);
        }
    }

    internal void Send(FrameRequest request, string body, bool ends)
    {
        _out.AddRange(_room.AsSpan(0, _frames.WriteData(request.Frames, Encoding.Latin1.GetBytes(body), ends, _room, out int consumed)));
        consumed.ShouldBe(body.Length);
    }

    internal void Trail(FrameRequest request, string trailers) =>
        _out.AddRange(_room.AsSpan(0, _frames.WriteTrailers(request.Frames, Encoding.Latin1.GetBytes(trailers), _room)));

    internal void Reset(FrameRequest request, Http2ErrorCode code) => _frames.Reset(request.Frames, code);

    /// <summary>Says that the last request it looks at is this one.</summary>
    internal void GoAway(int last, Http2ErrorCode code = Http2ErrorCode.NoError)
    {
        byte[] payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, last);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), (uint)code);
        Raw(Http2FrameType.GoAway, 0, 0, payload);
    }

    /// <summary>Sends a frame that nobody checks.</summary>
    internal void Raw(Http2FrameType type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        byte[] header = new byte[Http2FrameHeader.Size];
        BinaryPrimitives.WriteInt32BigEndian(header, (payload.Length << 8) | (int)type);
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(5), stream);
        _out.AddRange(header);
        _out.AddRange(payload);
    }

    internal async Flow FlushAsync()
    {
        if (_isSending)
        {
            return;
        }

        _isSending = true;
        while (!_stream.IsClosed && (_out.Count > 0 || _frames.HasControl))
        {
            int control = _frames.TakeControl(_room);
            byte[] bytes = [.. _room.AsSpan(0, control), .. _out];
            _out.Clear();
            await _stream.SendAllAsync(bytes);
        }

        _isSending = false;
    }

    void IHttp2Handler.OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
    {
        var request = new FrameRequest(stream, Encoding.Latin1.GetString(head));
        stream.Owner = request;
        OnHead?.Invoke(this, request);
        if (endStream)
        {
            Serve(request);
        }
    }

    void IHttp2Handler.OnData(Http2Stream stream, ReadOnlySpan<byte> content, bool endStream)
    {
        var request = (FrameRequest)stream.Owner!;
        request.Body += Encoding.Latin1.GetString(content);
        _frames.Consumed(stream, content.Length);
        request.OnContent?.Invoke(Encoding.Latin1.GetString(content), endStream);
        if (endStream)
        {
            Serve(request);
        }
    }

    void IHttp2Handler.OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section)
    {
        var request = (FrameRequest)stream.Owner!;
        request.Trailers = Encoding.Latin1.GetString(section);
        Serve(request);
    }

    void IHttp2Handler.OnReset(Http2Stream stream, Http2ErrorCode code, Http2Error reason) => Resets.Add(code);

    void IHttp2Handler.OnGoAway(int lastStreamId, Http2ErrorCode code) => GoneAway = code;

    void IHttp2Handler.OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) => throw new InvalidOperationException();

    void IHttp2Handler.OnHeadTooLarge(Http2Stream stream, bool endStream)
    {
    }

    void IHttp2Handler.OnStreamClosed(Http2Stream stream)
    {
    }

    void IHttp2Handler.OnSendWindow(Http2Stream stream)
    {
    }

    void IHttp2Handler.OnRefused(int streamId, Http2Error reason)
    {
    }

    void IHttp2Handler.OnSettings()
    {
    }

    void IHttp2Handler.OnPong(ulong payload)
    {
    }

    private void Serve(FrameRequest request)
    {
        if (request.Frames.IsClosed)
        {
            return;
        }

        Requests++;
        request.IsWhole = true;
        _serve(this, request);
    }
}
