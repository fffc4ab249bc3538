using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Relays a response's body to the client by its framing. A slow client holds the server back: nothing is
/// received before what came last was sent.</summary>
internal static class ResponseBodyRelay
{
    internal static async Flow RelayLengthAsync(
        WorkerContext context, HttpSession session, Exchange x, PoolSnapshot pool, long left)
    {
        if (x.Up!.Size == BufferSize.Small && left > BufferPool.SmallLength)
        {
            NativeBuffer? larger = context.Loop.Buffers.TryRent(BufferSize.Large);
            if (larger is not null)
            {
                x.Up.Return();
                x.Up = larger;
            }
        }

        x.UpStart = 0;
        x.UpEnd = 0;
        while (left > 0)
        {
            int received = await ReceiveAsync(x, pool, 0);
            if (received <= 0)
            {
                End(x, x.Error == ProxyError.None ? ProxyError.UpstreamTruncated : x.Error);
                return;
            }

            int part = (int)Math.Min(received, left);
            x.UpStart = part;
            x.UpEnd = received;
            left -= part;
            if (!await StreamWrites.SendAsync(session.Client, x.Up, 0, part, session.Listener.BodyIdleMs))
            {
                End(x, ProxyError.ClientClosed);
                return;
            }
        }
    }

    internal static async Flow RelayChunkedAsync(HttpSession session, Exchange x, PoolSnapshot pool, bool reframe)
    {
        while (true)
        {
            int end = ChunkFraming.Frame(
                ref x.ResponseChunks,
                x.Up!.Span[x.UpStart..x.UpEnd],
                x.Out!.Span,
                reframe,
                out int consumed,
                out int start,
                out ChunkStatus status);
            x.UpStart += consumed;
            if (end > start && !await StreamWrites.SendAsync(session.Client, x.Out, start, end - start, session.Listener.BodyIdleMs))
            {
                End(x, ProxyError.ClientClosed);
                return;
            }

            if (status == ChunkStatus.Done)
            {
                return;
            }

            if (status == ChunkStatus.Data)
            {
                continue;
            }

            if (status == ChunkStatus.Trailers)
            {
                await RelayTrailersAsync(session, x, pool, reframe);
                return;
            }

            int received = status == ChunkStatus.Error ? 0 : await ReceiveAsync(x, pool, 0);
            if (received <= 0)
            {
                End(x, x.Error == ProxyError.None ? ProxyError.UpstreamTruncated : x.Error);
                return;
            }

            x.UpStart = 0;
            x.UpEnd = received;
        }
    }

    private static async Flow RelayTrailersAsync(HttpSession session, Exchange x, PoolSnapshot pool, bool reframe)
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
            End(x, x.Error == ProxyError.None ? ProxyError.UpstreamTruncated : x.Error);
            return;
        }

        x.UpStart = x.TrailerParser.Length;
        if (reframe)
        {
            int length = ChunkFraming.WriteEnd(x.Out!.Span, x.Up.Span, x.Trailers, x.Request.TeTrailers);
            if (!await StreamWrites.SendAsync(session.Client, x.Out, 0, length, session.Listener.BodyIdleMs))
            {
                End(x, ProxyError.ClientClosed);
            }
        }
    }

    internal static async Flow RelayUntilCloseAsync(HttpSession session, Exchange x, PoolSnapshot pool, bool reframe)
    {
        while (true)
        {
            int length = x.UpEnd - x.UpStart;
            if (length > 0)
            {
                int start = x.UpStart;
                if (reframe)
                {
                    int size = ChunkWriter.WriteSizeLine(x.Out!.Span, length);
                    if (!await StreamWrites.SendAsync(
                            session.Client, x.Out, size, x.Up!, start, length, session.Listener.BodyIdleMs))
                    {
                        End(x, ProxyError.ClientClosed);
                        return;
                    }

                    ChunkWriter.Crlf.CopyTo(x.Out.Span);
                    length = 2;
                    start = 0;
                }

                if (!await StreamWrites.SendAsync(
                        session.Client, reframe ? x.Out! : x.Up!, start, length, session.Listener.BodyIdleMs))
                {
                    End(x, ProxyError.ClientClosed);
                    return;
                }
            }

            int received = await ReceiveAsync(x, pool, 0);
            x.UpStart = 0;
            x.UpEnd = Math.Max(received, 0);
            if (received < 0)
            {
                End(x, x.Error == ProxyError.None ? ProxyError.UpstreamTruncated : x.Error);
                return;
            }

            if (received == 0)
            {
                ChunkWriter.LastChunk.CopyTo(x.Out!.Span);
                if (reframe && !await StreamWrites.SendAsync(
                        session.Client, x.Out, 0, ChunkWriter.LastChunk.Length, session.Listener.BodyIdleMs))
                {
                    End(x, ProxyError.ClientClosed);
                }

                return;
            }
        }
    }

    internal static void End(Exchange x, ProxyError error)
    {
        x.Error = error;
        x.KeepClient = false;
        x.ReuseUpstream = false;
        x.ClientGone |= error == ProxyError.ClientClosed;
    }

    /// <summary>Receives into the server's buffer from <paramref name="start"/>. 0 at the end of the stream, negative when it
    /// failed; sets the error for silence and for a client that left.</summary>
    internal static async ResultFlow<int> ReceiveAsync(Exchange x, PoolSnapshot pool, int start)
    {
        ByteStream server = x.Connection!.Stream;
        while (true)
        {
            int received = server.TryReceive(x.Up!.Span[start..]);
            if (received != ByteStream.WouldBlock)
            {
                return received;
            }

            WaitResult wait = await server.ReceiveReadyAsync(server.Loop.NowMs + pool.ResponseMs);
            if (wait == WaitResult.TimedOut)
            {
                x.Error = ProxyError.UpstreamTimeout;
                return -1;
            }

            if (wait == WaitResult.Cancelled)
            {
                x.Error = x.ClientGone || x.Error == ProxyError.None ? ProxyError.ClientClosed : x.Error;
                return -1;
            }
        }
    }
}
