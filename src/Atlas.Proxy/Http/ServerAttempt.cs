using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
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

    private WorkerContext _context = null!;
    private Downstream _session = null!;
    private ProxyOrigin? _origin;

    /// <summary>Milliseconds that the last try spent connecting in vain.</summary>
    internal int ConnectMs { get; private set; }

    private PoolSnapshot Pool => x.Pool!;

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
        x.Connection = fresh ? null : x.Connections.TakeIdle(_context.Loop.NowMs, x.CanRepeat, _origin);
        x.ReusedUpstream = x.Connection is not null;
        if (!x.ReusedUpstream)
        {
            await ConnectAsync(server, connectDeadlineMs);
        }

        if (x.Error == ProxyError.None)
        {
            x.ConnectedUs = _context.Loop.NowUs;
            await ExchangeAsync();
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
        ConnectResult result = await _context.Loop.ConnectAsync(server.Address, deadlineMs);
        if (result.Stream is null)
        {
            x.IsExpired |= _context.Loop.NowMs >= x.Relay.DeadlineMs;
            ConnectMs = (int)(_context.Loop.NowMs - beganMs);
            x.ConnectFailedHere = ConnectErrors.AreOurs(result.Error);
            x.Error = result.Error == Errno.ETIMEDOUT
                ? ProxyError.ConnectTimeout
                : ProxyError.ConnectFailed;
            return;
        }

        x.Connections!.Counters.Connected();
        x.Connection = new UpstreamConnection(x.Connections, result.Stream, _origin);
        if (x.ClientGone || _session.IsAborted || x.IsExpired)
        {
            x.Error = ProxyError.ClientClosed;
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
        bool sent = await StreamWrites.SendAsync(server, x.ServerSend, head!, length, x.In!, x.InStart, inline);
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

    /// <summary>Writes the head, on a new connection behind the PROXY protocol header that the pool asks for.</summary>
    private int WriteHead(NativeBuffer buffer)
    {
        int header = x.ReusedUpstream || _origin is null ? 0 : _origin.WriteHeader(Pool.SendProxyProtocol, buffer.Span);
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
        if (x.ReuseUpstream && x.Error == ProxyError.None && !connection.Stream.IsPeerClosed)
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
