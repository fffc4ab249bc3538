using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>One try of a request at one server: connect, send, relay the response. Part of an exchange and reused with
/// it.</summary>
internal sealed class ServerAttempt(Exchange x)
{
    // What a refusal may take: a way around the world, and not the second SYN (after 1 s, RFC 6298 2).
    private const int MaxRefusalMs = 1_000;

    // What an empty frame behind a response of known length may take, which usually comes with its last bytes.
    private const int MaxEndMs = 1_000;

    private WorkerContext _context = null!;
    private Downstream _session = null!;
    private ProxyOrigin? _origin;
    private Http2Waiter? _http2;

    /// <summary>Milliseconds that the last try spent connecting in vain.</summary>
    internal int ConnectMs { get; private set; }

    private PoolSnapshot Pool => x.Pool!;

    // What is agreed on with servers of "auto" is not known before the first connection.
    private bool MaySpeakHttp2 => Pool.Protocol switch
    {
        UpstreamProtocol.Http2 => true,
        UpstreamProtocol.Auto => Pool.Tls is not null && !x.Connections!.Http2(_context).IsHttp1,
        UpstreamProtocol.Http1 or _ => false,
    };

    /// <summary>Tries.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The client's.</param>
    /// <param name="server">The server, where the request has begun.</param>
    /// <param name="connectDeadlineMs">The loop's time until which it may connect.</param>
    /// <param name="kind">Why it is tried.</param>
    /// <param name="fresh">Whether it must not go over a kept connection.</param>
    /// <returns>Whether it went over a kept connection.</returns>
    internal async ResultFlow<bool> RunAsync(
        WorkerContext context, Downstream session, ServerState server, long connectDeadlineMs, AttemptKind kind, bool fresh)
    {
        _context = context;
        _session = session;
        x.Error = ProxyError.None;
        x.ResetAttempt();
        x.Attempts++;
        ConnectMs = 0;
        x.Server = server;
        x.Connections = _context.To(server);
        x.Connections.Counters.AttemptBegan(kind);
        _origin = session.OriginFor(Pool);
        x.ReusedUpstream = false;
        if (MaySpeakHttp2)
        {
            await OpenStreamAsync(server, connectDeadlineMs, fresh);
        }

        if (x.Connection is null && x.Error == ProxyError.None)
        {
            x.Connection = fresh ? null : x.Connections.TakeIdle(_context.Loop.NowMs, x.CanRepeat, _origin, Pool.Tls?.Context);
            x.ReusedUpstream = x.Connection is not null;
            if (!x.ReusedUpstream)
            {
                await ConnectAsync(server, connectDeadlineMs);
            }
        }

        if (x.Error == ProxyError.None)
        {
            x.ConnectedUs = _context.Loop.NowUs;
            await ExchangeAsync();
            NoteReset();
        }

        x.SettleExpiry();
        x.Connections.Counters.AttemptEnded(
            x.ResponseUs == 0 ? 0 : x.Response.Status,
            x.Error.IsClients() ? ProxyError.None : x.Error,
            x.ResponseUs == 0 ? -1 : x.ResponseUs - x.ConnectedUs);
        if (Pool.ObservesLatency && IsServersFailure())
        {
            server.Balancing.ObserveFailure(_context.Loop.NowUs);
        }

        Release();
        return x.ReusedUpstream;
    }

    /// <summary>Ends the wait for a connection, if that is what it waits for.</summary>
    internal void CancelWait() => _http2?.Wait.Resume(WaitResult.Cancelled);

    /// <summary>Whether the server refuses a connection: after a try that broke, its process has died. A kernel says so at once; a
    /// network that drops what is sent never does, and is not waited for.</summary>
    internal async ResultFlow<bool> RefusesAsync(ServerState server, long deadlineMs)
    {
        ConnectResult result = await _context.Loop.ConnectAsync(
            server.Address, Math.Min(deadlineMs, _context.Loop.NowMs + MaxRefusalMs));
        result.Stream?.Close();
        return result.Error == Errno.ECONNREFUSED;
    }

    /// <summary>Whether the server failed the try. That it closed a kept connection just then says nothing of it.</summary>
    private bool IsServersFailure() => x.Error != ProxyError.None && !x.Error.IsClients() && !x.IsExpiredElsewhere
        && !(x.Error == ProxyError.UpstreamReset && x.ReusedUpstream);

    private async Flow ConnectAsync(ServerState server, long deadlineMs)
    {
        long beganMs = _context.Loop.NowMs;
        ByteStream? spare = Pool.Protocol == UpstreamProtocol.Auto ? x.Connections!.Http2(_context).TakeSpare() : null;
        if (spare is null)
        {
            Dialed dialed = await ServerDialer.DialAsync(_context.Loop, server, Pool, _origin, deadlineMs);
            if (dialed.Stream is null)
            {
                NotConnected(dialed, beganMs);
                return;
            }

            x.Connections!.Counters.Connected();
            if (dialed.IsHttp2)
            {
                // It did not agree on it before.
                x.Connections.Http2(_context).Adopt(dialed.Stream, Pool, deadlineMs);
                await OpenStreamAsync(server, deadlineMs, fresh: false);
                return;
            }

            spare = dialed.Stream;
        }

        x.Connection = new UpstreamConnection(x.Connections!, spare, _origin, Pool.Tls?.Context);
        if (x.ClientGone || _session.IsAborted || x.IsExpired)
        {
            x.Error = ProxyError.ClientClosed;
        }
    }

    /// <summary>Begins a stream of HTTP/2.</summary>
    private async Flow OpenStreamAsync(ServerState server, long deadlineMs, bool fresh)
    {
        long beganMs = _context.Loop.NowMs;
        _http2 ??= new Http2Waiter(_context.Loop);
        Http2Request? request = await x.Connections!.Http2(_context).OpenAsync(_http2, server, Pool, deadlineMs, fresh);
        x.ReusedUpstream = request is { IsReused: true };
        x.Connection = request?.Connection;
        if (x.ClientGone || _session.IsAborted || x.IsExpired)
        {
            x.Error = ProxyError.ClientClosed;
        }
        else if (request is null && _http2.HasFailed)
        {
            NotConnected(_http2.Failure, beganMs);
        }
        else if (request is null && !x.Connections.Http2(_context).IsHttp1)
        {
            // The worker ends.
            x.Error = ProxyError.ShuttingDown;
        }
        else if (request is not null && RequestForwarder.IsTunnel(x.Request) && !TryAskForTunnel(request))
        {
            x.Error = ProxyError.UpstreamProtocol;
            x.ConnectFailedHere = true;
            x.Detail = "the server takes no WebSocket over HTTP/2: give its pool protocol: http1";
        }
    }

    private bool TryAskForTunnel(Http2Request request) =>
        Ascii.EqualsIgnoreCase(x.Request.UpgradeProtocol.Of(x.In!.Span), "websocket"u8) && request.TryAskForTunnel();

    private void NotConnected(in Dialed dialed, long beganMs)
    {
        x.IsExpired |= _context.Loop.NowMs >= x.Relay.DeadlineMs;
        ConnectMs = (int)(_context.Loop.NowMs - beganMs);
        x.ConnectFailedHere = dialed.IsOurs;
        x.Error = dialed.Error;
        x.Detail = dialed.Detail;
        x.IsCertificateRefused = dialed.IsCertificateRefused;
    }

    /// <summary>Says more of a connection or stream that ended before its response.</summary>
    private void NoteReset()
    {
        if (x.Error == ProxyError.UpstreamReset && x.Connection!.Http2 is { } request)
        {
            x.IsRefused = request.IsRefused && !x.ResponseBytesSeen;
            if (request.Fault != Http2Error.None)
            {
                x.Error = ProxyError.UpstreamProtocol;
                x.Detail = request.Fault.Text();
            }
        }
        else if (x.Error == ProxyError.UpstreamReset && !x.ResponseBytesSeen && x.Connection!.Stream is TlsStream { FailureText: { } text })
        {
            // With TLS 1.3 a server that refuses the certificate says so when the handshake is over for its client.
            x.Detail = ServerTlsWords.OfReason(text);
            x.Server!.ConnectFailed(ServerTlsWords.Prefixed(x.Detail));
        }
    }

    private async Flow ExchangeAsync()
    {
        ByteStream server = x.Connection!.Stream;
        x.ServerSend.Begin(_context.Loop.NowMs, Pool.ResponseMs, bytesPerSecond: 0);
        if (!await SendHeadAsync(server))
        {
            if (x.Error == ProxyError.None)
            {
                x.Error = x.ClientGone ? ProxyError.ClientClosed : ProxyError.UpstreamReset;
            }

            return;
        }

        bool sendsBody = !x.RequestBodyDone;
        x.BodyFollows = sendsBody;
        Flow body = sendsBody ? BodyRelay.SendRequestBodyAsync(x, _session) : default;
        await ResponseRelay.RunAsync(_context, _session, x, Pool);
        if (sendsBody)
        {
            if (!x.RequestBodyDone)
            {
                // The server answered, or failed, before the client had sent all: nobody reads the rest.
                x.KeepClient = false;
                x.ReuseUpstream = false;
                server.CancelWaits();
                _session.Client.CancelWaits();
            }

            await body;
            _session.ResetCancel();
        }

        if (x.Connection.Http2 is { Bytes.HasPeerEnded: false } request && x.Error == ProxyError.None && x.RequestBodyDone && !x.ClientGone && x.Status != 101)
        {
            await request.AwaitEndAsync(_context.Loop.NowMs + MaxEndMs);
        }

        if (x.ClientGone && x.Error is not (ProxyError.None or ProxyError.ClientSlow))
        {
            x.Error = ProxyError.ClientClosed;
        }
    }

    /// <summary>Sends the head, and what of the body came with it unless it has to be re-framed.</summary>
    private async ResultFlow<bool> SendHeadAsync(ByteStream server)
    {
        NativeBuffer? head = _context.Loop.Buffers.TryRent(x.In!.Size);
        if (head is null)
        {
            x.Error = ProxyError.Overload;
            return false;
        }

        int length = WriteHead(head);
        if (length < 0 && head.Size == BufferSize.Small)
        {
            // What the proxy adds did not fit behind a head that just did.
            head.Return();
            head = _context.Loop.Buffers.TryRent(BufferSize.Large);
            length = head is null ? -1 : WriteHead(head);
        }

        if (length < 0)
        {
            x.Error = ProxyError.Overload;
            head?.Return();
            return false;
        }

        int inline = x.Request.Framing == BodyFraming.Length
            ? (int)Math.Min(x.InEnd - x.InStart, x.BodyLeft)
            : 0;
        bool sent = x.Connection!.Http2 is { } request
            ? await SendFramedAsync(request, head!, length, inline)
            : await StreamWrites.SendAsync(server, x.ServerSend, head!, length, x.In!, x.InStart, inline);
        head!.Return();
        x.RequestBytesSent = x.ServerSend.Bytes > 0;
        if (x.Mirror is { } copy && sent)
        {
            copy.Rewind();
            copy.Append(x.In!.Span.Slice(x.InStart, inline));
        }

        x.InStart += inline;
        x.BodyLeft -= inline;
        x.RequestBodyBytes = inline;
        x.RequestWireBytes = x.Request.Length + inline;
        x.RequestBodyDone = x.Request.Framing != BodyFraming.Chunked && x.BodyLeft == 0;
        return sent;
    }

    private async ResultFlow<bool> SendFramedAsync(Http2Request request, NativeBuffer head, int length, int inline)
    {
        bool isEnd = x.Request.Framing != BodyFraming.Chunked && x.BodyLeft == 0 && !RequestForwarder.IsTunnel(x.Request);
        if (x.BodyLeft > 0)
        {
            request.Bytes.ExpectToSend(x.BodyLeft);
        }

        return await request.SendHeadAsync(head, length, isEnd, x.ServerSend)
            && await StreamWrites.SendAsync(request.Bytes, x.ServerSend, x.In!, x.InStart, inline);
    }

    /// <summary>Writes the head, on a new connection in plain text behind the PROXY protocol header that the pool asks for.</summary>
    private int WriteHead(NativeBuffer buffer)
    {
        int header = x.ReusedUpstream || _origin is null || Pool.Tls is not null ? 0 : _origin.WriteHeader(Pool.SendProxyProtocol, buffer.Span);
        int length = x.Relay.WriteHead(buffer.Span[header..]);
        return length < 0 ? -1 : header + length;
    }

    private void Release()
    {
        x.ReturnUp();
        UpstreamConnection? connection = x.Connection;
        x.Connection = null;
        if (connection is null)
        {
            return;
        }

        connection.Stream.ResetCancel();
        if (connection.Http2 is { } request)
        {
            if (x.Error == ProxyError.UpstreamTimeout)
            {
                request.Upstream.Suspect();
            }

            request.End();
        }
        else if (x.ReuseUpstream && x.Error == ProxyError.None && !connection.Stream.IsPeerClosed)
        {
            x.Connections!.GiveBack(connection, Pool, _context.Loop.NowMs, x.ServerIdleMs);
        }
        else if (x.Error == ProxyError.None)
        {
            connection.Close();
        }
        else
        {
            connection.Abort();
        }
    }
}
