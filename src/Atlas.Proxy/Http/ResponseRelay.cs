using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
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
        x.KeepClient &= toClient != BodyFraming.UntilClose && !session.IsDraining;
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
            ResponseBodyRelay.End(x, x.Error == ProxyError.None ? ProxyError.ClientClosed : x.Error);
            return;
        }

        x.UpStart += inline;
        left -= inline;
        if (left > 0)
        {
            await ResponseBodyRelay.RelayLengthAsync(context, session, x, pool, left);
        }
        else if (framing == BodyFraming.Chunked)
        {
            await ResponseBodyRelay.RelayChunkedAsync(session, x, pool, reframe: toClient == BodyFraming.Chunked);
        }
        else if (framing == BodyFraming.UntilClose)
        {
            await ResponseBodyRelay.RelayUntilCloseAsync(session, x, pool, reframe: toClient == BodyFraming.Chunked);
        }

        // Bytes after the end of a response mean that the two sides disagree about where it ended.
        if (x.UpStart != x.UpEnd)
        {
            x.ReuseUpstream = false;
        }
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

            int received = await ResponseBodyRelay.ReceiveAsync(x, pool, x.UpEnd);
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

    private static async Flow TunnelAsync(WorkerContext context, HttpSession session, Exchange x, PoolSnapshot pool)
    {
        x.Status = 101;
        x.KeepClient = false;
        session.IsTunnel = true;
        x.UpStart = x.Response.Length;
        session.Client.PeerClosedHandler = null;
        bool sent = await SendHeadAsync(context, session, x, BodyFraming.Tunnel, x.UpEnd - x.UpStart);
        x.ResponseStarted = true;
        if (!sent)
        {
            ResponseBodyRelay.End(x, ProxyError.ClientClosed);
            return;
        }

        await Tunnel.RunAsync(session.Client, x.In!, x.InStart, x.InEnd, x.Connection!.Stream, x.Up!, pool.TunnelMs);
    }
}
