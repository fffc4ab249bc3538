using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Http;

/// <summary>Sends the rest of a request's body to the server while the response may already come back. A slow server holds
/// the client back: nothing is received before what came last was sent.</summary>
internal static class BodyRelay
{
    // A whole trailer section must lie in one piece; and reading a few bytes at a time would be slow.
    private const int MinChunkRoom = 12 * 1024;

    // What a receive returns at the end of a body that the connection frames.
    private const int Ended = -1;

    // How often a wait for the server's 100 looks whether it came.
    private const int ExpectStepMs = 250;

    internal static async Flow SendRequestBodyAsync(Exchange x, Downstream session)
    {
        BufferPool buffers = session.Client.Loop.Buffers;
        bool chunked = x.Request.Framing == BodyFraming.Chunked;
        bool small = chunked || x.BodyLeft <= BufferPool.SmallLength;
        NativeBuffer? piece = buffers.TryRent(small ? BufferSize.Small : BufferSize.Large);
        if (piece is null)
        {
            Fail(x, ProxyError.Overload);
            return;
        }

        if (chunked && session.FramesBodies)
        {
            await SendFramedAsync(x, session, piece);
        }
        else if (chunked && !HasRoom(x, buffers))
        {
            Fail(x, ProxyError.Overload);
        }
        else if (chunked)
        {
            await SendChunkedAsync(x, session, piece);
        }
        else
        {
            await SendLengthAsync(x, session, piece);
        }

        piece.Return();
    }

    /// <summary>Chunks are received behind the head, which stays; a head that leaves too little room moves to a large
    /// buffer.</summary>
    private static bool HasRoom(Exchange x, BufferPool buffers) =>
        x.In!.Length - x.InStart >= MinChunkRoom || x.TryGrowIn(buffers);

    private static async Flow SendLengthAsync(Exchange x, Downstream session, NativeBuffer piece)
    {
        while (x.BodyLeft > 0)
        {
            int received = await ReceiveAsync(x, session, piece, 0, (int)Math.Min(piece.Length, x.BodyLeft));
            if (received <= 0)
            {
                return;
            }

            x.BodyLeft -= received;
            x.RequestWireBytes += received;
            x.RequestBodyBytes += received;
            if (!await StreamWrites.SendAsync(x.Connection!.Stream, x.ServerSend, piece, 0, received))
            {
                return;
            }

            x.Mirror?.Append(piece.Span[..received]);

            if (x.BodyLeft > 0 && x.ServerSend.ShouldYield())
            {
                await session.Client.Loop.YieldAsync();
            }
        }

        x.RequestBodyDone = true;
    }

    // A body without a length, whose end the connection tells: chunks are made of what comes.
    private static async Flow SendFramedAsync(Exchange x, Downstream session, NativeBuffer piece)
    {
        const int reserved = ChunkWriter.MaxSizeLine;
        int received;
        while ((received = await ReceiveAsync(x, session, piece, reserved, piece.Length - reserved - ChunkFraming.Tail)) > 0)
        {
            x.RequestWireBytes += received;
            x.RequestBodyBytes += received;
            if (x.RequestBodyBytes > session.Listener.MaxBodyBytes)
            {
                Fail(x, ProxyError.BodyTooLarge);
                return;
            }

            int start = ChunkWriter.WriteSizeLineBefore(piece.Span[..reserved], received);
            ChunkWriter.Crlf.CopyTo(piece.Span[(reserved + received)..]);
            int length = reserved - start + received + ChunkWriter.Crlf.Length;
            if (!await SendPieceAsync(x, piece, start, length, received))
            {
                return;
            }

            x.Mirror?.Append(piece.Span.Slice(start, length));
            if (x.ServerSend.ShouldYield())
            {
                await session.Client.Loop.YieldAsync();
            }
        }

        if (received == Ended)
        {
            await SendFramedEndAsync(x, session, piece);
        }
    }

    private static async Flow SendFramedEndAsync(Exchange x, Downstream session, NativeBuffer piece)
    {
        int half = piece.Length / 2;
        int trailers = session.TakeTrailers(piece.Span[half..]);
        x.TrailerParser.Reset();
        x.Trailers.Clear();
        if (trailers > 0 && x.TrailerParser.Parse(piece.Span[half..(half + trailers)], x.Trailers, HttpLimits.Trailers) != ParseStatus.Done)
        {
            Fail(x, ProxyError.BadRequest);
            return;
        }

        int length = ChunkFraming.WriteEnd(piece.Span[..half], piece.Span[half..], x.Trailers, x.Hidden, pass: true);
        x.RequestBodyDone = length > 0 && await SendEndAsync(x, piece, length);
        x.Mirror?.Append(piece.Span[..Math.Max(length, 0)]);
        x.TrailerParser.Reset();
        x.Trailers.Clear();
    }

    private static async Flow SendChunkedAsync(Exchange x, Downstream session, NativeBuffer framed)
    {
        NativeBuffer source = x.In!;
        int reserve = x.InStart;
        while (true)
        {
            int end = ChunkFraming.Frame(
                ref x.RequestChunks,
                source.Span[x.InStart..x.InEnd],
                framed.Span,
                reframe: true,
                out int consumed,
                out int written,
                out int start,
                out ChunkStatus status);
            x.InStart += consumed;
            x.RequestWireBytes += consumed;
            x.RequestBodyBytes += written;
            ProxyError refusal = status == ChunkStatus.Error ? ProxyError.BadRequest
                : x.RequestBodyBytes > session.Listener.MaxBodyBytes ? ProxyError.BodyTooLarge
                : ProxyError.None;
            if (refusal != ProxyError.None)
            {
                Fail(x, refusal);
                return;
            }

            if (end > start && !await SendPieceAsync(x, framed, start, end - start, written))
            {
                return;
            }

            x.Mirror?.Append(framed.Span[start..end]);
            switch (status)
            {
                case ChunkStatus.Done:
                    x.RequestBodyDone = x.Connection!.Http2 is not { } request
                        || await request.EndAsync(framed, 0, 0, x.ServerSend);
                    return;
                case ChunkStatus.Trailers:
                    await SendTrailersAsync(x, session, framed, reserve);
                    return;
                case ChunkStatus.Data:
                    continue;
                case ChunkStatus.NeedMore:
                case ChunkStatus.Error:
                default:
                    break;
            }

            // All was taken: the place behind the head is free again.
            x.InStart = reserve;
            x.InEnd = reserve;
            int received = await ReceiveAsync(x, session, source, reserve, source.Length - reserve);
            if (received <= 0)
            {
                return;
            }

            x.InEnd = reserve + received;
            if (x.ServerSend.ShouldYield())
            {
                await session.Client.Loop.YieldAsync();
            }
        }
    }

    private static async Flow SendTrailersAsync(Exchange x, Downstream session, NativeBuffer framed, int reserve)
    {
        NativeBuffer source = x.In!;
        source.Span[x.InStart..x.InEnd].CopyTo(source.Span[reserve..]);
        x.InEnd = reserve + x.InEnd - x.InStart;
        x.InStart = reserve;
        x.TrailerParser.Reset();
        x.Trailers.Clear();
        ParseStatus status;
        while ((status = x.TrailerParser.Parse(source.Span[reserve..x.InEnd], x.Trailers, HttpLimits.Trailers))
            == ParseStatus.NeedMore)
        {
            // The parser refuses a section before the room behind the head, which HasRoom made, can end.
            int received = await ReceiveAsync(x, session, source, x.InEnd, source.Length - x.InEnd);
            if (received <= 0)
            {
                return;
            }

            x.InEnd += received;
        }

        if (status == ParseStatus.Error)
        {
            Fail(x, ProxyError.BadRequest);
            return;
        }

        x.InStart += x.TrailerParser.Length;
        x.RequestWireBytes += x.TrailerParser.Length;
        int length = ChunkFraming.WriteEnd(framed.Span, source.Span[reserve..], x.Trailers, x.Hidden, pass: true);
        x.RequestBodyDone = length > 0 && await SendEndAsync(x, framed, length);
        x.Mirror?.Append(framed.Span[..Math.Max(length, 0)]);
        x.TrailerParser.Reset();
        x.Trailers.Clear();
    }

    /// <summary>Sends a chunk: to servers of HTTP/2 what is in it alone, which lies behind the room for the longest size.</summary>
    private static ResultFlow<bool> SendPieceAsync(Exchange x, NativeBuffer framed, int start, int length, int data) =>
        x.Connection!.Http2 is null
            ? StreamWrites.SendAsync(x.Connection.Stream, x.ServerSend, framed, start, length)
            : StreamWrites.SendAsync(x.Connection.Stream, x.ServerSend, framed, ChunkWriter.MaxSizeLine, data);

    /// <summary>Sends the end of a body: the last chunk and the trailers behind it, or to servers of HTTP/2 the trailers
    /// alone.</summary>
    private static ResultFlow<bool> SendEndAsync(Exchange x, NativeBuffer framed, int length)
    {
        int start = ChunkWriter.LastChunkBeforeTrailers.Length;
        int trailers = length - start - ChunkWriter.Crlf.Length;
        return x.Connection!.Http2 is { } request
            ? request.EndAsync(framed, start, trailers > 0 ? length - start : 0, x.ServerSend)
            : StreamWrites.SendAsync(x.Connection.Stream, x.ServerSend, framed, 0, length);
    }

    /// <summary>Receives from the client. 0 when it left, is too slow, or nobody wants the body any more;
    /// <see cref="Ended"/>.</summary>
    private static async ResultFlow<int> ReceiveAsync(Exchange x, Downstream session, NativeBuffer buffer, int start, int length)
    {
        ByteStream client = session.Client;
        while (true)
        {
            int received = client.TryReceive(buffer.Span.Slice(start, length));
            if (received > 0)
            {
                x.ClientReceive.Moved(received, client.Loop.NowMs);
                return received;
            }

            if (received == 0 && session.FramesBodies && x.Request.Framing == BodyFraming.Chunked)
            {
                return Ended;
            }

            if (received != ByteStream.WouldBlock)
            {
                x.ClientGone = true;
                Fail(x, ProxyError.ClientClosed);
                return 0;
            }

            WaitResult wait = await WaitAsync(x, session);
            if (wait == WaitResult.TimedOut)
            {
                Fail(x, ProxyError.ClientSlow);
            }

            if (wait != WaitResult.Ready)
            {
                return 0;
            }
        }
    }

    /// <summary>Waits for the client; or for the server, while the client waits for its 100 (RFC 9110 10.1.1): then the
    /// server's time runs, and not the client's.</summary>
    private static async ResultFlow<WaitResult> WaitAsync(Exchange x, Downstream session)
    {
        ByteStream client = session.Client;
        WaitResult wait = WaitResult.TimedOut;
        bool waited = false;
        while (wait == WaitResult.TimedOut && x.Request.ExpectContinue && !x.ResponseBytesSeen && x.ClientReceive.Bytes == 0)
        {
            waited = true;
            wait = await client.ReceiveReadyAsync(client.Loop.NowMs + ExpectStepMs);
        }

        if (wait != WaitResult.TimedOut)
        {
            return wait;
        }

        if (waited)
        {
            x.ClientReceive.Restart(client.Loop.NowMs);
        }

        bool isCall;
        do
        {
            isCall = IsCall(x, session);
            long beganMs = client.Loop.NowMs;
            x.AwaitsClient = true;
            wait = await client.ReceiveReadyAsync(isCall ? CallDeadlineMs(x, beganMs) : x.ClientReceive.DeadlineMs(beganMs));
            x.AwaitsClient = false;
            x.ClientReceive.Waited(client.Loop.NowMs - beganMs);
        }
        while (wait == WaitResult.TimedOut && !isCall && IsCall(x, session));
        return wait;
    }

    // Both sides speak at once, each when it has something to say: a stream of gRPC is no upload, and has a tunnel's time.
    private static bool IsCall(Exchange x, Downstream session) => session.FramesBodies && x.ResponseUs != 0;

    private static long CallDeadlineMs(Exchange x, long nowMs) =>
        x.Pool!.TunnelMs == int.MaxValue ? long.MaxValue : nowMs + x.Pool.TunnelMs;

    private static void Fail(Exchange x, ProxyError error)
    {
        x.Error = x.Error == ProxyError.None ? error : x.Error;
        x.Connection?.Stream.CancelWaits();
    }
}
