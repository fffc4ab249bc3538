using System.Text;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Routing;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>Awaits the server's head and relays the response to the client.</summary>
internal static class ResponseRelay
{
    // Interim responses before a final one: progress every second for four minutes is more than any server sends.
    private const int MaxInterim = 256;

    private static readonly HttpLimits ResponseLimits = HttpLimits.Default;

    internal static async Flow RunAsync(WorkerContext context, Downstream session, Exchange x, PoolSnapshot pool)
    {
        for (int heads = 0; await ReadHeadAsync(context, x, pool); heads++)
        {
            if (x.Response.Status == 101)
            {
                await TunnelAsync(context, session, x, pool);
                return;
            }

            if (!x.Response.IsInterim && x.Relay.DropsResponse())
            {
                Drop(context, x, pool);
                return;
            }

            if (!x.Response.IsInterim)
            {
                await RelayFinalAsync(context, session, x, pool);
                return;
            }

            if (heads == MaxInterim)
            {
                x.Error = ProxyError.UpstreamProtocol;
                return;
            }

            // Interim responses go on to clients that know them; HTTP/1.0 has none.
            if (x.Request.Version != HttpVersion.Http10
                && !await SendHeadAsync(context, session, x, BodyFraming.None, Downstream.AnotherHead, 0))
            {
                ResponseBodyRelay.ClientFailed(x);
                return;
            }

            x.UpStart += x.Response.Length;
            x.Up!.Span[x.UpStart..x.UpEnd].CopyTo(x.Up.Span);
            x.UpEnd -= x.UpStart;
            x.UpStart = 0;
            x.Response.Reset();
            x.ResponseParser.Reset();
        }
    }

    /// <summary>Leaves a response unread. Its connection is kept if nothing of it is left to come.</summary>
    private static void Drop(WorkerContext context, Exchange x, PoolSnapshot pool)
    {
        x.ResponseUs = context.Loop.NowUs;
        ObserveLatency(x, pool);
        long body = x.Response.Framing == BodyFraming.None ? 0 : x.Response.ContentLength;
        x.ReuseUpstream = x.Response.Framing is BodyFraming.None or BodyFraming.Length
            && body == x.UpEnd - x.Response.Length
            && x.Response.KeepAlive
            && x.Request.Repair == RequestRepairs.None
            && !ConnectionAuthentication.IsUsed(x.In!.Span, x.Request, x.Up!.Span, x.Response);
    }

    private static async Flow RelayFinalAsync(WorkerContext context, Downstream session, Exchange x, PoolSnapshot pool)
    {
        if (session.AsksForTunnel && x.Response.Status is >= 200 and < 300)
        {
            // The server knows nothing of the tunnel, and the client would take the page for one.
            x.Error = ProxyError.UpstreamProtocol;
            return;
        }

        x.Status = x.Response.Status;
        HeadCame(context, x, pool);
        if (!await SettleSessionAsync(context, x))
        {
            return;
        }

        BodyFraming framing = FramingOf(x);
        bool isPlain = session.FramesBodies || x.Request.Version == HttpVersion.Http10;
        BodyFraming toClient = framing is BodyFraming.Chunked or BodyFraming.UntilClose
            ? isPlain ? BodyFraming.UntilClose : BodyFraming.Chunked
            : framing;
        x.ResponseEndIsClose = toClient == BodyFraming.UntilClose && !session.FramesBodies;
        x.KeepClient &= !x.ResponseEndIsClose && !session.IsDraining && x.RequestBodyDone;
        x.ReuseUpstream = x.Response.KeepAlive
            && framing != BodyFraming.UntilClose
            && x.Request.Repair == RequestRepairs.None
            && !ConnectionAuthentication.IsUsed(x.In!.Span, x.Request, x.Up!.Span, x.Response);
        x.UpStart = x.Response.Length;
        long left = framing == BodyFraming.Length ? x.Response.ContentLength : 0;
        int inline = framing == BodyFraming.Length ? (int)Math.Min(left, x.UpEnd - x.UpStart) : 0;
        if (!await SendHeadAsync(context, session, x, toClient, LengthOf(x, toClient), inline))
        {
            ResponseBodyRelay.ClientFailed(x);
            return;
        }

        // No other server is tried any more: what a response of hours holds is not to be the session.
        x.Session?.Release();
        x.UpStart += inline;
        x.ResponseBodyBytes = inline;
        left -= inline;
        if (left > 0)
        {
            await ResponseBodyRelay.RelayLengthAsync(session, x, pool, left);
        }
        else if (framing == BodyFraming.Chunked)
        {
            await ResponseBodyRelay.RelayChunkedAsync(session, x, pool, reframe: toClient == BodyFraming.Chunked);
        }
        else if (framing == BodyFraming.UntilClose)
        {
            await ResponseBodyRelay.RelayUntilCloseAsync(session, x, pool, reframe: toClient == BodyFraming.Chunked);
        }

        if (x.Error == ProxyError.None
            && toClient == BodyFraming.UntilClose
            && session.FramesBodies
            && !await session.EndBodyAsync(x))
        {
            ResponseBodyRelay.ClientFailed(x);
        }

        // Bytes after the end of a response mean that the two sides disagree about where it ended.
        if (x.UpStart != x.UpEnd)
        {
            x.ReuseUpstream = false;
        }
    }

    // Of HTTP/2 the end of the stream is the end of a body whose length is not known, and there are no chunks.
    private static BodyFraming FramingOf(Exchange x) =>
        x.Connection!.Http2 is not null && x.Response.Framing == BodyFraming.Chunked ? BodyFraming.UntilClose : x.Response.Framing;

    private static long LengthOf(Exchange x, BodyFraming framing) => framing switch
    {
        BodyFraming.None => 0,
        BodyFraming.Length => x.Response.ContentLength,
        BodyFraming.Chunked or BodyFraming.UntilClose or BodyFraming.Tunnel => Downstream.UnknownLength,
        _ => Downstream.UnknownLength,
    };

    /// <summary>Does what the response says of the client's session.</summary>
    /// <returns>False: the client gets an error in place of the response.</returns>
    private static async ResultFlow<bool> SettleSessionAsync(WorkerContext context, Exchange x)
    {
        if (x.Session is { } user)
        {
            ProxyError error = await user.SettleAsync(context, x);

            // The client's body, or the client, may have failed meanwhile.
            x.Error = x.Error != ProxyError.None ? x.Error : x.ClientGone ? ProxyError.ClientClosed : error;
        }

        return x.Error == ProxyError.None;
    }

    private static void HeadCame(WorkerContext context, Exchange x, PoolSnapshot pool)
    {
        x.ResponseUs = context.Loop.NowUs;
        if (GrpcStatus.IsCall(x.HeadBytes, x.Request))
        {
            // Where nothing follows the head, it stands there.
            x.GrpcStatus = GrpcStatus.In(x.Up!.Span, x.Response.Headers);
        }

        x.Pool!.Affinity?.Learn(x.In!.Span, x.Request, x.Up!.Span, x.Response, x.Server!, context.Loop.NowMs);
        x.Pool.SharedAffinity?.Bind(context, x);
        ObserveLatency(x, pool);
    }

    private static void ObserveLatency(Exchange x, PoolSnapshot pool)
    {
        if (!pool.ObservesLatency)
        {
            return;
        }

        // What a gateway or a server out of order answers, it answers soon.
        if (x.Response.Status is 502 or 503 or 504)
        {
            x.Server!.Balancing.ObserveFailure(x.ResponseUs);
        }
        else if (!x.BodyFollows)
        {
            x.Server!.Balancing.Observe(x.ResponseUs - x.ConnectedUs, x.ResponseUs);
        }
    }

    private static async ResultFlow<bool> ReadHeadAsync(WorkerContext context, Exchange x, PoolSnapshot pool)
    {
        while (true)
        {
            if (x.UpEnd > x.UpStart)
            {
                ParseStatus status = x.ResponseParser.Parse(
                    x.Up!.Span[..x.UpEnd], x.Response, x.Request.Method, LimitsOf(pool));
                if (status == ParseStatus.Done)
                {
                    x.ServerIdleMs = KeepAliveField.IdleMs(x.Up.Span, x.Response);
                    return true;
                }

                if (status == ParseStatus.Error || (x.UpEnd == x.Up!.Length && !GrowUp(context, x)))
                {
                    x.Error = status == ParseStatus.Error ? ProxyError.UpstreamProtocol : ProxyError.Overload;
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

            x.ResponseBytesSeen = true;
            x.UpEnd += received;
        }
    }

    private static HttpLimits LimitsOf(PoolSnapshot pool) => pool.Session is null
        ? ResponseLimits
        : ResponseLimits with { HeaderBytes = ResponseLimits.HeaderBytes + pool.Session.MaxFieldBytes };

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

    /// <summary>Writes the client's head and sends it with what of the body came with the server's.</summary>
    private static async ResultFlow<bool> SendHeadAsync(
        WorkerContext context, Downstream session, Exchange x, BodyFraming framing, long bodyLength, int inline)
    {
        NativeBuffer? head = context.Loop.Buffers.TryRent(x.Up!.Size);
        int length = head is null ? -1 : WriteHead(context, session, x, head, framing);
        if (length < 0 && x.Up.Size == BufferSize.Small)
        {
            head?.Return();
            head = context.Loop.Buffers.TryRent(BufferSize.Large);
            length = head is null ? -1 : WriteHead(context, session, x, head, framing);
        }

        bool sent = false;
        if (length < 0)
        {
            x.Error = ProxyError.Overload;
        }
        else
        {
            x.ResponseStarted |= !x.Response.IsInterim;
            x.ClientGotBytes = true;
            sent = await session.SendHeadAsync(x, head!, length, bodyLength, x.Up, x.UpStart, inline);
        }

        head?.Return();
        return sent;
    }

    private static int WriteHead(
        WorkerContext context, Downstream session, Exchange x, NativeBuffer destination, BodyFraming framing)
    {
        StickyCookie? cookie = x.Response.IsInterim && framing != BodyFraming.Tunnel
            ? null
            : x.Pool!.Affinity?.CookieFor(x.Bound, x.ServerIndex);
        Span<byte> accept = stackalloc byte[WebSocketAccept.Length];
        bool overTls = (cookie is not null || x.Session is not null || x.Sticky.IsNew) && RequestRouter.SchemeOf(session, x).SequenceEqual("https"u8);
        SharedAffinity? shared = x.Response.IsInterim && framing != BodyFraming.Tunnel ? null : x.Pool!.SharedAffinity;
        var changes = new ResponseChanges
        {
            Rules = x.Route!.ResponseHeaders,
            Date = context.Date(),
            Binding = new ClientBinding
            {
                Cookie = cookie,
                Server = x.ServerIndex,
                IsOverTls = overTls,
                Session = x.Session,
                Hidden = x.Hidden,
                Shared = shared,
                Client = x.Sticky,
            },
            Limit = x.Limit,
            Accept = framing == BodyFraming.Tunnel && x.Connection!.Http2 is not null ? WebSocketAccept.For(x.In!.Span, x.Request, accept) : default,
        };
        return ResponseForwarder.Write(destination.Span, x.Up!.Span, x.Response, x.Request, framing, x.KeepClient, changes);
    }

    private static async Flow TunnelAsync(WorkerContext context, Downstream session, Exchange x, PoolSnapshot pool)
    {
        if (!RequestForwarder.IsTunnel(x.Request))
        {
            x.Error = ProxyError.UpstreamProtocol;
            return;
        }

        x.Status = 101;
        HeadCame(context, x, pool);
        if (!await SettleSessionAsync(context, x))
        {
            return;
        }

        x.KeepClient = false;
        x.Relay.EndDeadline();
        x.UpStart = x.Response.Length;
        session.Client.PeerClosedHandler = null;
        if (!await SendHeadAsync(context, session, x, BodyFraming.Tunnel, Downstream.UnknownLength, x.UpEnd - x.UpStart))
        {
            ResponseBodyRelay.ClientFailed(x);
            return;
        }

        WebSocketFarewell? farewell = null;
        if (Ascii.EqualsIgnoreCase(x.Request.UpgradeProtocol.Of(x.In!.Span), "websocket"u8))
        {
            farewell = new WebSocketFarewell();
            farewell.Take(x.Up!.Span[x.UpStart..x.UpEnd]);
        }

        x.ReturnUp();
        x.Session?.Release();
        x.Server!.BeginTunnel();
        await new Tunnel(session, x, pool.TunnelMs, pool.TunnelHalfClosedMs, farewell).RunAsync();
        x.Server.EndTunnel();
    }
}
