using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Http;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http2;

/// <summary>One stream of a connection to a server: a request on its way and its response. The response's heads come as bytes of
/// HTTP/1.1 before those of its body. Used again for the connection's next streams.</summary>
internal sealed class Http2Request : IHttp2StreamOwner
{
    private byte[] _trailers = [];
    private int _trailersLength;

    internal Http2Request(Http2Upstream upstream, ServerConnections owner)
    {
        Upstream = upstream;
        Bytes = new Http2ByteStream(upstream) { ResetsWith = Http2ErrorCode.Cancel, LeavesWith = Http2ErrorCode.Cancel };
        Connection = new UpstreamConnection(owner, this);
    }

    /// <inheritdoc/>
    public Http2ByteStream? Stream => Bytes.IsClosed ? null : Bytes;

    /// <summary>The connection that it is a stream of.</summary>
    internal Http2Upstream Upstream { get; }

    /// <summary>Its bytes both ways.</summary>
    internal Http2ByteStream Bytes { get; }

    /// <summary>What a request holds.</summary>
    internal UpstreamConnection Connection { get; }

    /// <summary>Whether the connection had served before and nobody used it: then the server may have closed it just when this
    /// request was sent, which says nothing of the server.</summary>
    internal bool IsReused { get; private set; }

    /// <summary>Whether the server says that it has done nothing with the request (RFC 9113 8.7), so that it may be sent
    /// again.</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>What was wrong with what the server sent; none if nothing was.</summary>
    internal Http2Error Fault { get; private set; }

    /// <summary>Begins with a stream that has no number yet.</summary>
    internal void Begin(Http2Stream frames, bool isReused)
    {
        IsReused = isReused;
        IsRefused = false;
        Fault = Http2Error.None;
        _trailersLength = 0;
        Bytes.Begin(frames);
        frames.Owner = this;
    }

    /// <summary>Asks for a tunnel with the head that comes next (RFC 8441).</summary>
    /// <returns>False: the server does not offer any.</returns>
    internal bool TryAskForTunnel()
    {
        if (Bytes.Frames is not { } frames || !Upstream.Frames.PeerTakesConnect)
        {
            return false;
        }

        frames.IsTunnel = true;
        return true;
    }

    /// <summary>Sends the head.</summary>
    /// <param name="head">Holds it as HTTP/1.1 has it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="isEnd">Whether it is the whole request.</param>
    /// <param name="pace">Counts what was sent, and how long the server may take.</param>
    /// <returns>False if the server is gone or too slow, or the wait was cancelled.</returns>
    internal async ResultFlow<bool> SendHeadAsync(NativeBuffer head, int length, bool isEnd, TransferPace pace)
    {
        while (!Bytes.TrySendHead(head.Span[..length], isEnd))
        {
            if (!await WaitAsync(pace))
            {
                return false;
            }
        }

        if (!Bytes.CanSend())
        {
            return false;
        }

        pace.Moved(length, Bytes.Loop.NowMs);
        return true;
    }

    /// <summary>Ends the request's body, with trailers if there are any.</summary>
    /// <param name="buffer">Holds the trailers as HTTP/1.1 has them.</param>
    /// <param name="start">Their first byte.</param>
    /// <param name="length">Their bytes; 0: there are none.</param>
    /// <param name="pace">As of <see cref="SendHeadAsync"/>.</param>
    /// <returns>As <see cref="SendHeadAsync"/>.</returns>
    internal async ResultFlow<bool> EndAsync(NativeBuffer buffer, int start, int length, TransferPace pace)
    {
        while (!(length > 0 ? Bytes.TrySendTrailers(buffer.Span.Slice(start, length)) : Bytes.TryEnd()))
        {
            if (!await WaitAsync(pace))
            {
                return false;
            }
        }

        return Bytes.HasEndedSending;
    }

    /// <summary>Waits for the end of a response of which all has come that counts, so that its stream need not be reset.</summary>
    /// <param name="deadlineMs">The loop's time at which it waits no more.</param>
    internal async Flow AwaitEndAsync(long deadlineMs)
    {
        while (!Bytes.HasPeerEnded && DropOne() == ByteStream.WouldBlock)
        {
            if (await Bytes.ReceiveReadyAsync(deadlineMs) != WaitResult.Ready)
            {
                return;
            }
        }
    }

    /// <summary>Keeps the trailers of the response.</summary>
    internal void KeepTrailers(ReadOnlySpan<byte> trailers)
    {
        if (_trailers.Length < trailers.Length)
        {
            _trailers = new byte[trailers.Length];
        }

        trailers.CopyTo(_trailers);
        _trailersLength = trailers.Length;
    }

    /// <summary>The trailers of a response that has ended, as HTTP/1.1 has them with the empty line at the end; empty: there are
    /// none.</summary>
    internal ReadOnlySpan<byte> Trailers => _trailers.AsSpan(0, _trailersLength);

    /// <summary>It was ended before its time.</summary>
    /// <param name="code">What the server said, or was told.</param>
    /// <param name="reason">What was wrong; none if the server reset it.</param>
    internal void WasReset(Http2ErrorCode code, Http2Error reason)
    {
        IsRefused = code == Http2ErrorCode.RefusedStream;
        Fault = reason is Http2Error.GoneAway or Http2Error.ConnectionLost ? Http2Error.None : reason;
    }

    /// <summary>Gives it back to its connection. Whatever has not ended is reset.</summary>
    internal void End()
    {
        Bytes.Close();
        Upstream.Ended(this);
    }

    private int DropOne()
    {
        Span<byte> one = stackalloc byte[1];
        return Bytes.TryReceive(one);
    }

    private async ResultFlow<bool> WaitAsync(TransferPace pace)
    {
        long beganMs = Bytes.Loop.NowMs;
        WaitResult wait = await Bytes.SendReadyAsync(pace.DeadlineMs(beganMs));
        pace.Waited(Bytes.Loop.NowMs - beganMs);
        pace.IsTooSlow = wait == WaitResult.TimedOut;
        return wait == WaitResult.Ready;
    }
}
