using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Relays a response's body to the client by its framing. A slow client holds the server back: nothing is
/// received before what came last was sent.</summary>
internal static class ResponseBodyRelay
{
    internal static async Flow RelayLengthAsync(Downstream session, Exchange x, PoolSnapshot pool, long left)
    {
        if (left > BufferPool.SmallLength && x.Up!.Size == BufferSize.Small && !session.FramesBodies)
        {
            // The rest is received into a large buffer. Of the many streams of a connection each would hold one.
            x.UpSize = BufferSize.Large;
            x.ReturnUp();
        }

        x.UpStart = 0;
        x.UpEnd = 0;
        while (left > 0)
        {
            int received = await ReceiveAsync(x, pool, 0);
            if (received <= 0)
            {
                ServerFailed(x);
                return;
            }

            int part = (int)Math.Min(received, left);
            x.UpStart = part;
            x.UpEnd = received;
            x.ResponseBodyBytes += part;
            left -= part;
            if (!await StreamWrites.SendAsync(session.Client, x.ClientSend, x.Up!, 0, part))
            {
                ClientFailed(x);
                return;
            }

            if (x.ClientSend.ShouldYield())
            {
                await session.Client.Loop.YieldAsync();
            }
        }
    }

    internal static async Flow RelayChunkedAsync(Downstream session, Exchange x, PoolSnapshot pool, bool reframe)
    {
        while (true)
        {
            NativeBuffer? framed = session.Client.Loop.Buffers.TryRent(BufferSize.Small);
            if (framed is null)
            {
                Fail(x, ProxyError.Overload);
                return;
            }

            ChunkStatus status;
            bool sent = true;
            do
            {
                int end = ChunkFraming.Frame(
                    ref x.ResponseChunks,
                    x.Up!.Span[x.UpStart..x.UpEnd],
                    framed.Span,
                    reframe,
                    out int consumed,
                    out int written,
                    out int start,
                    out status);
                x.UpStart += consumed;
                x.ResponseBodyBytes += written;
                if (end > start)
                {
                    sent = await StreamWrites.SendAsync(session.Client, x.ClientSend, framed, start, end - start);
                }
            }
            while (sent && status == ChunkStatus.Data);
            framed.Return();

            if (!sent)
            {
                ClientFailed(x);
                return;
            }

            if (status == ChunkStatus.Done)
            {
                return;
            }

            if (status == ChunkStatus.Trailers)
            {
                await RelayTrailersAsync(session, x, pool, reframe);
                return;
            }

            x.UpStart = 0;
            x.UpEnd = 0;
            int received = status == ChunkStatus.Error ? 0 : await ReceiveAsync(x, pool, 0);
            if (received <= 0)
            {
                ServerFailed(x);
                return;
            }

            x.UpEnd = received;
            if (x.ClientSend.ShouldYield())
            {
                await session.Client.Loop.YieldAsync();
            }
        }
    }

    internal static async Flow RelayUntilCloseAsync(Downstream session, Exchange x, PoolSnapshot pool, bool reframe)
    {
        while (true)
        {
            if (x.UpEnd > x.UpStart && !await SendPieceAsync(session, x, reframe))
            {
                ClientFailed(x);
                return;
            }

            x.UpStart = 0;
            x.UpEnd = 0;
            int received = await ReceiveAsync(x, pool, 0);
            if (received < 0)
            {
                ServerFailed(x);
                return;
            }

            if (received == 0)
            {
                if (x.Connection!.Http2 is { } request && !TakeTrailers(x, request))
                {
                    ServerFailed(x);
                    return;
                }

                if (reframe && !await SendLastChunkAsync(session, x))
                {
                    ClientFailed(x);
                }

                return;
            }

            x.UpEnd = received;
            if (x.ClientSend.ShouldYield())
            {
                await session.Client.Loop.YieldAsync();
            }
        }
    }

    /// <summary>Nothing could be sent to the client: it left or is too slow, unless the error says something else.</summary>
    internal static void ClientFailed(Exchange x)
    {
        if (x.Error == ProxyError.None)
        {
            x.Error = x.ClientSend.IsTooSlow ? ProxyError.ClientSlow : ProxyError.ClientClosed;
            x.ClientGone = true;
        }

        Fail(x, x.Error);
    }

    /// <summary>Receives into the server's buffer from <paramref name="start"/>. While it waits with nothing at hand it holds
    /// no buffer.</summary>
    /// <returns>0 at the end of the stream, negative when it failed; the error is set for silence, for a client that left and
    /// for want of memory.</returns>
    internal static async ResultFlow<int> ReceiveAsync(Exchange x, PoolSnapshot pool, int start)
    {
        ByteStream server = x.Connection!.Stream;
        long sinceMs = server.Loop.NowMs;
        while (true)
        {
            if (server.MayReceive)
            {
                if (!x.TryRentUp(server.Loop.Buffers))
                {
                    x.Error = ProxyError.Overload;
                    return -1;
                }

                int received = server.TryReceive(x.Up!.Span[start..]);
                if (received != ByteStream.WouldBlock)
                {
                    return received;
                }
            }

            if (start == 0)
            {
                x.ReturnUp();
            }

            // While the client still sends, the server need not answer: its time begins with the body's last byte, and
            // stands still while the proxy waits for the client.
            sinceMs = Math.Max(sinceMs, x.ClientReceive.MovedAtMs);
            WaitResult wait = await server.ReceiveReadyAsync(Deadline(sinceMs, pool.ResponseMs));
            if (wait == WaitResult.TimedOut && x.AwaitsClient)
            {
                sinceMs = server.Loop.NowMs;
                continue;
            }

            if (wait == WaitResult.TimedOut && Deadline(x.ClientReceive.MovedAtMs, pool.ResponseMs) > server.Loop.NowMs)
            {
                continue;
            }

            if (wait == WaitResult.TimedOut)
            {
                x.Error = ProxyError.UpstreamTimeout;
                return -1;
            }

            if (wait == WaitResult.Cancelled)
            {
                x.Error = x.Error == ProxyError.None ? ProxyError.ClientClosed : x.Error;
                return -1;
            }
        }
    }

    private static long Deadline(long sinceMs, int limitMs) => limitMs == int.MaxValue ? long.MaxValue : sinceMs + limitMs;

    private static async Flow RelayTrailersAsync(Downstream session, Exchange x, PoolSnapshot pool, bool reframe)
    {
        // The section must lie in one piece: move its beginning to the front.
        x.Up!.Span[x.UpStart..x.UpEnd].CopyTo(x.Up.Span);
        x.UpEnd -= x.UpStart;
        x.UpStart = 0;
        ParseStatus status;
        while ((status = x.TrailerParser.Parse(x.Up.Span[..x.UpEnd], x.Trailers, HttpLimits.Trailers)) == ParseStatus.NeedMore)
        {
            int received = await ReceiveAsync(x, pool, x.UpEnd);
            if (received <= 0)
            {
                break;
            }

            x.UpEnd += received;
        }

        if (status != ParseStatus.Done)
        {
            ServerFailed(x);
            return;
        }

        x.UpStart = x.TrailerParser.Length;
        x.GrpcStatus = Math.Max(x.GrpcStatus, GrpcStatus.In(x.Up.Span, x.Trailers));
        if (!reframe)
        {
            return;
        }

        NativeBuffer? end = session.Client.Loop.Buffers.TryRent(BufferSize.Small);
        if (end is null)
        {
            Fail(x, ProxyError.Overload);
            return;
        }

        int length = ChunkFraming.WriteEnd(end.Span, x.Up.Span, x.Trailers, x.Hidden, x.Request.TeTrailers);
        if (!await StreamWrites.SendAsync(session.Client, x.ClientSend, end, 0, length))
        {
            ClientFailed(x);
        }

        end.Return();
    }

    // Puts the trailers of a stream of HTTP/2 where those of chunks are.
    private static bool TakeTrailers(Exchange x, Http2Request request)
    {
        ReadOnlySpan<byte> trailers = request.Trailers;
        if (trailers.IsEmpty)
        {
            return true;
        }

        if (!trailers.TryCopyTo(x.Up!.Span))
        {
            return false;
        }

        x.TrailerParser.Reset();
        x.Trailers.Clear();
        bool isDone = x.TrailerParser.Parse(x.Up.Span[..trailers.Length], x.Trailers, HttpLimits.Trailers) == ParseStatus.Done;
        x.GrpcStatus = Math.Max(x.GrpcStatus, GrpcStatus.In(x.Up.Span, x.Trailers));
        return isDone;
    }

    private static async ResultFlow<bool> SendPieceAsync(Downstream session, Exchange x, bool reframe)
    {
        int length = x.UpEnd - x.UpStart;
        x.ResponseBodyBytes += length;
        if (!reframe)
        {
            return await StreamWrites.SendAsync(session.Client, x.ClientSend, x.Up!, x.UpStart, length);
        }

        NativeBuffer? frame = session.Client.Loop.Buffers.TryRent(BufferSize.Small);
        if (frame is null)
        {
            x.Error = ProxyError.Overload;
            return false;
        }

        int size = ChunkWriter.WriteSizeLine(frame.Span, length);
        bool sent = await StreamWrites.SendAsync(session.Client, x.ClientSend, frame, size, x.Up!, x.UpStart, length);
        ChunkWriter.Crlf.CopyTo(frame.Span);
        sent = sent && await StreamWrites.SendAsync(session.Client, x.ClientSend, frame, 0, ChunkWriter.Crlf.Length);
        frame.Return();
        return sent;
    }

    private static async ResultFlow<bool> SendLastChunkAsync(Downstream session, Exchange x)
    {
        NativeBuffer? frame = session.Client.Loop.Buffers.TryRent(BufferSize.Small);
        if (frame is null)
        {
            x.Error = ProxyError.Overload;
            return false;
        }

        int length = x.Trailers.Count == 0 ? -1 : ChunkFraming.WriteEnd(frame.Span, x.Up!.Span, x.Trailers, x.Hidden, x.Request.TeTrailers);
        if (length < 0)
        {
            ChunkWriter.LastChunk.CopyTo(frame.Span);
            length = ChunkWriter.LastChunk.Length;
        }

        bool sent = await StreamWrites.SendAsync(session.Client, x.ClientSend, frame, 0, length);
        frame.Return();
        return sent;
    }

    private static void ServerFailed(Exchange x) => Fail(x, x.Error == ProxyError.None ? ProxyError.UpstreamTruncated : x.Error);

    private static void Fail(Exchange x, ProxyError error)
    {
        x.Error = error;
        x.KeepClient = false;
        x.ReuseUpstream = false;
    }
}
