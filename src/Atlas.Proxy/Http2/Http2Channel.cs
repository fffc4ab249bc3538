using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Http2;

/// <summary>An HTTP/2 connection over a stream of bytes: reads frames and hands them to their streams, gathers what streams write
/// and sends it once per turn of the loop. For one worker's thread.</summary>
internal abstract class Http2Channel : IHttp2Handler
{
    // Connections that bring piece after piece without waiting let the others of their worker have their turn.
    private const int PiecesPerTurn = 8;

    private readonly Http2Output _output;
    private readonly List<Http2ByteStream> _news = [];

    protected Http2Channel(ByteStream transport, Http2Role role, Http2Memory memory, bool isTls)
    {
        Transport = transport;
        Frames = new Http2Connection(role, this, memory, isTls);
        _output = new Http2Output(this);
    }

    /// <summary>The stream that the frames go over.</summary>
    internal ByteStream Transport { get; }

    internal EventLoop Loop => Transport.Loop;

    /// <summary>The state of the connection and its streams.</summary>
    internal Http2Connection Frames { get; }

    /// <summary>The loop's time at which a frame or head began of which something is to come; 0: there is none.</summary>
    protected long PartialSinceMs { get; private set; }

    /// <summary>Milliseconds that the peer may take nothing of what waits to be sent to it.</summary>
    internal abstract int StallMs { get; }

    /// <summary>Whether nothing can be sent any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Sends as much of a body as windows and room take.</summary>
    /// <returns>Bytes taken; negative: the connection is broken.</returns>
    internal int WriteData(Http2Stream frames, ReadOnlySpan<byte> bytes, bool isLast) =>
        IsBroken ? -1 : _output.WriteData(frames, bytes, isLast);

    /// <summary>Ends a body with an empty frame, which no window holds up.</summary>
    /// <returns>As <see cref="TryWriteHead"/>.</returns>
    internal bool TryEndData(Http2Stream frames) => _output.TryEndData(frames);

    /// <summary>Sends a head.</summary>
    /// <returns>False: there is no room now; wait until the stream may send.</returns>
    internal bool TryWriteHead(Http2Stream frames, ReadOnlySpan<byte> text, bool isLast) => _output.TryWriteHead(frames, text, isLast);

    /// <summary>Sends trailers, which end the stream.</summary>
    /// <returns>As <see cref="TryWriteHead"/>.</returns>
    internal bool TryWriteTrailers(Http2Stream frames, ReadOnlySpan<byte> text) => _output.TryWriteTrailers(frames, text);

    /// <summary>Has a stream told when there is room for what it has to send. Where a window is what it waits for, the peer's
    /// update of it does that.</summary>
    internal void AwaitRoom(Http2ByteStream stream) => _output.AwaitRoom(stream);

    /// <summary>Bytes of a stream were taken: the peer may send as many more.</summary>
    internal void Consumed(Http2Stream frames, int bytes)
    {
        Frames.Consumed(frames, bytes);
        _output.FlushSoon();
    }

    /// <summary>A stream has been closed on this side.</summary>
    /// <param name="frames">Its frames, which have not ended.</param>
    /// <param name="code">Why.</param>
    internal void Ended(Http2Stream frames, Http2ErrorCode code)
    {
        Frames.Reset(frames, code);
        _output.FlushSoon();
    }

    /// <summary>Ends the connection with a word why, once what waits is sent.</summary>
    internal void GoAway(Http2ErrorCode code)
    {
        Frames.GoAway(code);
        _output.FlushSoon();
    }

    /// <summary>Sends what waits now.</summary>
    internal void Flush() => _output.Flush();

    /// <summary>Sends what waits, for as long as the peer takes it and the time is not over.</summary>
    protected Flow FlushAllAsync(long deadlineMs) => _output.FlushAllAsync(deadlineMs);

    /// <summary>Nothing can be sent any more.</summary>
    internal void Break()
    {
        if (!IsBroken)
        {
            IsBroken = true;
            Transport.CancelWaits();
        }
    }

    void IHttp2Handler.OnData(Http2Stream frames, ReadOnlySpan<byte> data, bool isLast)
    {
        if (StreamOf(frames) is not { } stream)
        {
            Frames.Consumed(frames, data.Length);
            return;
        }

        Note(stream);
        if (!stream.Add(data, isLast))
        {
            stream.Reset();
            Frames.Reset(frames, Http2ErrorCode.InternalError);
        }
    }

    void IHttp2Handler.OnReset(Http2Stream frames, Http2ErrorCode code, Http2Error reason)
    {
        if (StreamOf(frames) is { } stream)
        {
            Note(stream);
            WasReset(frames, code, reason);
            stream.Reset();
        }
    }

    void IHttp2Handler.OnStreamClosed(Http2Stream frames) => StreamOf(frames)?.Detach();

    void IHttp2Handler.OnSendWindow(Http2Stream frames)
    {
        if (StreamOf(frames) is { } stream)
        {
            Note(stream);
            stream.MaySend();
        }
    }

    /// <summary>A request came.</summary>
    public abstract void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream);

    /// <summary>A response came.</summary>
    public abstract void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream);

    /// <summary>A head came that is above the limits.</summary>
    public abstract void OnHeadTooLarge(Http2Stream stream, bool endStream);

    /// <summary>Trailers came, and with them the end of the stream.</summary>
    public abstract void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section);

    /// <summary>The peer takes no more streams.</summary>
    public abstract void OnGoAway(int lastStreamId, Http2ErrorCode code);

    /// <summary>A request was refused before it was told.</summary>
    public virtual void OnRefused(int streamId, Http2Error reason)
    {
    }

    /// <summary>A stream was reset by what the peer did, and none that was served makes good for it.</summary>
    public virtual void OnUnpaidReset()
    {
    }

    /// <summary>The peer's settings came.</summary>
    public virtual void OnSettings()
    {
    }

    void IHttp2Handler.OnPong(ulong payload)
    {
    }

    /// <summary>Why a stream was ended before its time.</summary>
    protected virtual void WasReset(Http2Stream frames, Http2ErrorCode code, Http2Error reason)
    {
    }

    /// <summary>The stream of bytes of a stream of frames; null: it is closed here.</summary>
    protected static Http2ByteStream? StreamOf(Http2Stream frames) => (frames.Owner as IHttp2StreamOwner)?.Stream;

    /// <summary>Has a stream's news told after the frames at hand.</summary>
    protected void Note(Http2ByteStream stream)
    {
        if (!stream.IsMarked)
        {
            _news.Add(stream);
        }
    }

    /// <summary>The loop's time until which the next bytes are awaited.</summary>
    protected abstract long DeadlineMs();

    /// <summary>Whether the connection goes on after a wait that brought nothing.</summary>
    protected abstract bool GoesOn(WaitResult wait);

    /// <summary>The frames at hand were read and their streams told.</summary>
    protected abstract void FramesRead();

    /// <summary>Tells streams what came for them.</summary>
    protected void TellNews()
    {
        // Who is told may cause news of others.
        for (int i = 0; i < _news.Count; i++)
        {
            _news[i].Tell();
        }

        _news.Clear();
    }

    /// <summary>Reads frames until the connection ends. Everything that is open then is reset.</summary>
    /// <param name="buffer">What came already, which this returns; null: nothing.</param>
    /// <param name="length">Its bytes.</param>
    protected async Flow ReadAsync(NativeBuffer? buffer, int length)
    {
        _output.Flush();
        int pieces = 0;
        bool goesOn = true;
        while (goesOn)
        {
            if (length > 0)
            {
                length = Take(buffer!, length);
                bool isPartial = length > 0 || Frames.IsWithinHead;
                PartialSinceMs = !isPartial ? 0 : PartialSinceMs != 0 ? PartialSinceMs : Loop.NowMs;
            }

            if (length == 0)
            {
                buffer?.Return();
                buffer = null;
            }

            if (IsBroken || Frames.Error != Http2Error.None || Frames.IsDrained)
            {
                break;
            }

            if (Transport.MayReceive && ++pieces % PiecesPerTurn == 0)
            {
                await Loop.YieldAsync();
            }

            // A wait for what has come already does not look at its deadline: who sends without pause is not to live on without end.
            long deadlineMs = DeadlineMs();
            WaitResult wait = Transport.MayReceive && Loop.NowMs >= deadlineMs
                ? WaitResult.TimedOut
                : await Transport.ReceiveReadyAsync(deadlineMs);
            if (wait != WaitResult.Ready)
            {
                goesOn = !IsBroken && GoesOn(wait);
                continue;
            }

            buffer ??= Loop.Buffers.TryRent(BufferSize.Small);
            int received = buffer is null ? 0 : Transport.TryReceive(buffer.Span[length..]);
            length += Math.Max(received, 0);
            goesOn = received > 0 || (received == ByteStream.WouldBlock && buffer is not null);
        }

        buffer?.Return();
        TellNews();
    }

    // What is left over is moved to the front.
    private int Take(NativeBuffer buffer, int length)
    {
        int taken = Frames.Receive(buffer.Span[..length], Loop.NowMs);
        TellNews();
        FramesRead();
        _output.FlushSoon();
        buffer.Span[taken..length].CopyTo(buffer.Span);
        return length - taken;
    }
}
