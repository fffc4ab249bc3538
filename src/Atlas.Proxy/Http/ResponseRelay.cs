using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Awaits the server's head and relays the response to the client.</summary>
internal static class ResponseRelay
{
    private static readonly HttpLimits ResponseLimits = HttpLimits.Default;

    internal static async Flow RunAsync(WorkerContext context, HttpSession session, Exchange x, PoolSnapshot pool)
    {
        while (true)
        {
            if (!await ReadHeadAsync(context, x, pool))
            {
                return;
            }

            if (x.Response.Status == 101)
            {
                if (!RequestForwarder.IsTunnel(x.In!.Span, x.Request))
                {
                    x.Error = ProxyError.UpstreamProtocol;
                    return;
                }

                await TunnelAsync(context, session, x, pool);
                return;
            }

            if (!x.Response.IsInterim)
            {
                break;
            }

            // Interim responses go on to clients that know them; HTTP/1.0 has none.
            if (x.Request.Version != HttpVersion.Http10 && !await SendHeadAsync(context, session, x, BodyFraming.None, 0))
            {
                x.ClientGone = true;
                x.Error = ProxyError.ClientClosed;
                return;
            }

            x.UpStart += x.Response.Length;
            x.Up!.Span[x.UpStart..x.UpEnd].CopyTo(x.Up.Span);
            x.UpEnd -= x.UpStart;
            x.UpStart = 0;
            x.Response.Reset();
            x.ResponseParser.Reset();
        }

        await RelayFinalAsync(context, session, x, pool);
    }

    private static async Flow RelayFinalAsync(WorkerContext context, HttpSession session, Exchange x, PoolSnapshot pool)
    {
        x.Status = x.Response.Status;
        BodyFraming framing = x.Response.Framing;
        BodyFraming toClient = framing is BodyFraming.Chunked or BodyFraming.UntilClose
            ? x.Request.Version == HttpVersion.Http10 ? BodyFraming.UntilClose : BodyFraming.Chunked
            : framing;
        x.KeepClient &= toClient != BodyFraming.UntilClose && !context.IsDraining;
        if (!x.RequestBodyDone && x.Request.Framing != BodyFraming.None)
        {
            x.KeepClient = false;
        }

        x.ReuseUpstream = x.Response.KeepAlive && framing != BodyFraming.UntilClose;
        x.UpStart = x.Response.Length;
        long left = framing == BodyFraming.Length ? x.Response.ContentLength : 0;
        int inline = framing == BodyFraming.Length ? (int)Math.Min(left, x.UpEnd - x.UpStart) : 0;
        bool sent = await SendHeadAsync(context, session, x, toClient, inline);
        x.ResponseStarted = true;
        if (!sent)
        {
            End(x, x.Error == ProxyError.None ? ProxyError.ClientClosed : x.Error);
            return;
        }

        x.UpStart += inline;
        left -= inline;
        if (left > 0)
        {
            await RelayLengthAsync(context, session, x, pool, left);
        }
        else if (framing == BodyFraming.Chunked)
        {
            await RelayChunkedAsync(session, x, pool, reframe: toClient == BodyFraming.Chunked);
        }
        else if (framing == BodyFraming.UntilClose)
        {
            await RelayUntilCloseAsync(session, x, pool, reframe: toClient == BodyFraming.Chunked);
        }

        // Bytes after the end of a response mean that the two sides disagree about where it ended.
        if (x.UpStart != x.UpEnd)
        {
            x.ReuseUpstream = false;
        }
    }

    private static void End(Exchange x, ProxyError error)
    {
        x.Error = error;
        x.KeepClient = false;
        x.ReuseUpstream = false;
        x.ClientGone |= error == ProxyError.ClientClosed;
    }

    private static async ResultFlow<bool> ReadHeadAsync(WorkerContext context, Exchange x, PoolSnapshot pool)
    {
        while (true)
        {
            if (x.UpEnd > x.UpStart)
            {
                ParseStatus status = x.ResponseParser.Parse(
                    x.Up!.Span[..x.UpEnd], x.Response, x.Request.Method, ResponseLimits);
                if (status == ParseStatus.Done)
                {
                    return true;
                }

                if (status == ParseStatus.Error || (x.UpEnd == x.Up!.Length && !GrowUp(context, x)))
                {
                    x.Error = ProxyError.UpstreamProtocol;
                    return false;
                }
            }

            int received = await ReceiveAsync(x, pool, x.UpEnd);
            if (received <= 0)
            {
                if (x.Error == ProxyError.None)
                {
                    x.Error = x.UpEnd > 0 ? ProxyError.UpstreamProtocol : ProxyError.UpstreamReset;
                }

                return false;
            }

            x.UpEnd += received;
        }
    }

    private static bool GrowUp(WorkerContext context, Exchange x)
    {
        NativeBuffer? larger = x.Up!.Size == BufferSize.Small ? context.Loop.Buffers.TryRent(BufferSize.Large) : null;
        if (larger is null)
        {
            return false;
        }

        x.Up.Span[..x.UpEnd].CopyTo(larger.Span);
        x.Up.Return();
        x.Up = larger;
        return true;
    }

    /// <summary>Receives into the server's buffer from <paramref name="start"/>. 0 at the end of the stream, negative when it
    /// failed; sets the error for silence and for a client that left.</summary>
    private static async ResultFlow<int> ReceiveAsync(Exchange x, PoolSnapshot pool, int start)
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

    private static async ResultFlow<bool> SendHeadAsync(
        WorkerContext context, HttpSession session, Exchange x, BodyFraming framing, int inline)
    {
        int length = ResponseForwarder.Write(
            x.Out!.Span, x.Up!.Span, x.Response, x.Request, framing, x.KeepClient, context.Date());
        if (length < 0 && x.Out.Size == BufferSize.Small)
        {
            NativeBuffer? larger = context.Loop.Buffers.TryRent(BufferSize.Large);
            if (larger is not null)
            {
                x.Out.Return();
                x.Out = larger;
                length = ResponseForwarder.Write(
                    x.Out.Span, x.Up.Span, x.Response, x.Request, framing, x.KeepClient, context.Date());
            }
        }

        if (length < 0)
        {
            x.Error = ProxyError.Overload;
            return false;
        }

        return await StreamWrites.SendAsync(
            session.Client, x.Out, length, x.Up, x.UpStart, inline, session.Listener.BodyIdleMs);
    }

    private static async Flow RelayLengthAsync(
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

    private static async Flow RelayChunkedAsync(HttpSession session, Exchange x, PoolSnapshot pool, bool reframe)
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

    private static async Flow RelayUntilCloseAsync(HttpSession session, Exchange x, PoolSnapshot pool, bool reframe)
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

    private static async Flow TunnelAsync(WorkerContext context, HttpSession session, Exchange x, PoolSnapshot pool)
    {
        x.Status = 101;
        x.KeepClient = false;
        x.UpStart = x.Response.Length;
        session.Client.PeerClosedHandler = null;
        bool sent = await SendHeadAsync(context, session, x, BodyFraming.Tunnel, x.UpEnd - x.UpStart);
        x.ResponseStarted = true;
        if (!sent)
        {
            End(x, ProxyError.ClientClosed);
            return;
        }

        await Tunnel.RunAsync(session.Client, x.In!, x.InStart, x.InEnd, x.Connection!.Stream, x.Up!, pool.TunnelMs);
    }
}
