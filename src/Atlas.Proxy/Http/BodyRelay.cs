using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Sends the rest of a request's body to the server while the response may already come back.</summary>
internal static class BodyRelay
{
    internal static async Flow SendRequestBodyAsync(Exchange x, HttpSession session, PoolSnapshot pool)
    {
        BufferPool buffers = session.Client.Loop.Buffers;
        bool chunked = x.Request.Framing == BodyFraming.Chunked;
        NativeBuffer? body = buffers.TryRent(!chunked && x.BodyLeft > BufferPool.SmallLength ? BufferSize.Large : BufferSize.Small);
        NativeBuffer? framed = chunked ? buffers.TryRent(BufferSize.Small) : null;
        if (body is null || (chunked && framed is null))
        {
            Fail(x, ProxyError.Overload);
        }
        else if (chunked)
        {
            await SendChunkedAsync(x, session, pool, framed!);
        }
        else
        {
            await SendLengthAsync(x, session, pool, body);
        }

        body?.Return();
        framed?.Return();
    }

    private static async Flow SendLengthAsync(Exchange x, HttpSession session, PoolSnapshot pool, NativeBuffer body)
    {
        ByteStream server = x.Connection!.Stream;
        while (x.BodyLeft > 0)
        {
            int room = (int)Math.Min(body.Length, x.BodyLeft);
            int received = await ReceiveAsync(x, session, body, 0, room);
            if (received <= 0)
            {
                return;
            }

            x.BodyLeft -= received;
            if (!await StreamWrites.SendAsync(server, body, 0, received, pool.ResponseMs))
            {
                return;
            }
        }

        x.RequestBodyDone = true;
    }

    private static async Flow SendChunkedAsync(Exchange x, HttpSession session, PoolSnapshot pool, NativeBuffer framed)
    {
        ByteStream server = x.Connection!.Stream;
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
                out int start,
                out ChunkStatus status);
            x.InStart += consumed;
            if (status == ChunkStatus.Error)
            {
                Fail(x, ProxyError.BadRequest);
                return;
            }

            x.RequestBodyBytes += end - start;
            if (end > start && !await StreamWrites.SendAsync(server, framed, start, end - start, pool.ResponseMs))
            {
                return;
            }

            if (status == ChunkStatus.Done)
            {
                x.RequestBodyDone = true;
                return;
            }

            if (status == ChunkStatus.Data)
            {
                continue;
            }

            if (status == ChunkStatus.Trailers)
            {
                await SendTrailersAsync(x, session, pool, framed, reserve);
                return;
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
        }
    }

    private static async Flow SendTrailersAsync(
        Exchange x, HttpSession session, PoolSnapshot pool, NativeBuffer framed, int reserve)
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
            int received = x.InEnd == source.Length
                ? 0
                : await ReceiveAsync(x, session, source, x.InEnd, source.Length - x.InEnd);
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
        int length = ChunkFraming.WriteEnd(framed.Span, source.Span[reserve..], x.Trailers, pass: true);
        x.RequestBodyDone = length > 0
            && await StreamWrites.SendAsync(x.Connection!.Stream, framed, 0, length, pool.ResponseMs);
        x.TrailerParser.Reset();
        x.Trailers.Clear();
    }

    private static async ResultFlow<int> ReceiveAsync(Exchange x, HttpSession session, NativeBuffer buffer, int start, int length)
    {
        while (true)
        {
            int received = session.Client.TryReceive(buffer.Span.Slice(start, length));
            if (received > 0)
            {
                return received;
            }

            if (received != ByteStream.WouldBlock)
            {
                x.ClientGone = true;
                Fail(x, ProxyError.ClientClosed);
                return 0;
            }

            WaitResult wait = await session.Client.ReceiveReadyAsync(session.Client.Loop.NowMs + session.Listener.BodyIdleMs);
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

    private static void Fail(Exchange x, ProxyError error)
    {
        x.Error = error;
        x.Connection?.Stream.CancelWaits();
    }
}
