using System.Text;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>Takes one parsed request to a server and its response back. Reads from top to bottom: choose a server, send,
/// await the head, relay. Part of its exchange and reused with it.</summary>
internal sealed class RequestRelay(Exchange x) : IPeerClosedHandler
{
    // A reused connection that died before any response byte may be tried again this often, then a fresh one is forced.
    private const int MaxRaceRetries = 2;

    private readonly byte[] _requestId = new byte[32];
    private WorkerContext _context = null!;
    private HttpSession _session = null!;

    private HttpListenerSnapshot Listener => _session.Listener;

    private PoolSnapshot Pool => _session.Listener.Pool;

    public void OnPeerClosed(ByteStream stream)
    {
        x.ClientGone = true;
        x.Connection?.Stream.CancelWaits();
    }

    internal async Flow RunAsync(WorkerContext context, HttpSession session)
    {
        _context = context;
        _session = session;
        x.Error = Refusal();
        if (x.Error == ProxyError.None)
        {
            x.BodyLeft = Math.Max(x.Request.ContentLength, 0);
            session.Client.PeerClosedHandler = this;
            await TryServersAsync();
            session.Client.PeerClosedHandler = null;
        }

        if (x.Error != ProxyError.None)
        {
            x.KeepClient &= x.RequestBodyDone || x.Request.Framing == BodyFraming.None;
            await ErrorResponder.SendAsync(context, session, x);
        }
    }

    private ProxyError Refusal()
    {
        ReadOnlySpan<byte> buffer = x.In!.Span;
        if (x.Request.Method is HttpMethod.Connect or HttpMethod.Trace)
        {
            return ProxyError.MethodNotAllowed;
        }

        if (x.Request.ContentLength > Listener.MaxBodyBytes)
        {
            return ProxyError.BodyTooLarge;
        }

        return RequestForwarder.IsLoop(buffer, x.Request, Encoding.ASCII.GetBytes(Listener.Pseudonym))
            ? ProxyError.Loop
            : ProxyError.None;
    }

    private async Flow TryServersAsync()
    {
        int retries = Pool.Retries;
        int races = 0;
        while (true)
        {
            ServerState? server = Pool.Pick(x.Tried, out int index);
            if (server is null)
            {
                x.Error = x.Error == ProxyError.None ? ProxyError.NoHealthyServer : x.Error;
                return;
            }

            while (true)
            {
                x.Error = ProxyError.None;
                x.ResetAttempt();
                server.Begin();
                x.Server = server;
                bool fresh = races > MaxRaceRetries;
                bool reused = await ConnectAsync(server, fresh);
                if (x.Error == ProxyError.None)
                {
                    await AttemptAsync();
                }

                server.End();
                Release();
                if (x.Error != ProxyError.UpstreamReset || !reused || !MayRepeat() || races > MaxRaceRetries)
                {
                    break;
                }

                races++;
            }

            bool connectFailed = x.Error is ProxyError.ConnectFailed or ProxyError.ConnectTimeout;
            bool again = connectFailed || (x.Error == ProxyError.UpstreamReset && MayRepeat());
            if (!again || retries == 0 || x.ClientGone)
            {
                return;
            }

            retries--;
            x.Tried |= index < 64 ? 1UL << index : 0;
        }
    }

    /// <summary>RFC 9110 9.2.2: without any response byte, a request may be sent again if none of its bytes left, or if
    /// its method is idempotent and its body can be sent again.</summary>
    private bool MayRepeat() => !x.ResponseStarted && !x.ClientGone
        && (!x.RequestBytesSent || (x.Request.Method.IsIdempotent() && x.Request.Framing == BodyFraming.None));

    private async ResultFlow<bool> ConnectAsync(ServerState server, bool fresh)
    {
        x.Connections = _context.To(server);
        UpstreamConnection? idle = fresh ? null : x.Connections.TakeIdle(_context.Loop.NowMs);
        if (idle is not null)
        {
            x.Connection = idle;
            return true;
        }

        ConnectResult result = await _context.Loop.ConnectAsync(server.Address, _context.Loop.NowMs + Pool.ConnectMs);
        if (result.Stream is null)
        {
            x.Error = result.Error == Engine.Interop.Errno.ETIMEDOUT
                ? ProxyError.ConnectTimeout
                : ProxyError.ConnectFailed;
            return false;
        }

        x.Connection = new UpstreamConnection(x.Connections, result.Stream);
        if (x.ClientGone)
        {
            x.Error = ProxyError.ClientClosed;
        }

        return false;
    }

    private async Flow AttemptAsync()
    {
        ByteStream server = x.Connection!.Stream;
        if (!RentBuffers())
        {
            x.Error = ProxyError.Overload;
            return;
        }

        int head = WriteRequestHead();
        if (head < 0)
        {
            x.Error = ProxyError.BadRequest;
            return;
        }

        // What of the body came with the head goes out with it, unless it has to be re-framed.
        int inline = x.Request.Framing == BodyFraming.Length
            ? (int)Math.Min(x.InEnd - x.InStart, x.BodyLeft)
            : 0;
        bool sent = await StreamWrites.SendAsync(server, x.Out!, head, x.In!, x.InStart, inline, Pool.ResponseMs);
        x.RequestBytesSent = true;
        if (!sent)
        {
            x.Error = x.ClientGone ? ProxyError.ClientClosed : ProxyError.UpstreamReset;
            return;
        }

        x.InStart += inline;
        x.BodyLeft -= inline;
        bool bodyLeft = x.Request.Framing == BodyFraming.Chunked || x.BodyLeft > 0;
        x.RequestBodyDone = !bodyLeft;
        Flow body = bodyLeft ? BodyRelay.SendRequestBodyAsync(x, _session, Pool) : default;
        await ResponseRelay.RunAsync(_context, _session, x, Pool);
        if (bodyLeft)
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
            _session.Client.ResetCancel();
        }

        if (x.ClientGone && x.Error != ProxyError.None)
        {
            x.Error = ProxyError.ClientClosed;
        }
    }

    private int WriteRequestHead()
    {
        if (x.Request.Headers.IndexOf(KnownHeader.XRequestId) < 0)
        {
            RequestIds.Write(_requestId);
        }

        return RequestForwarder.Write(
            x.Out!.Span,
            x.In!.Span,
            x.Request,
            _session.ClientIp,
            Encoding.ASCII.GetBytes(Listener.Pseudonym),
            _requestId);
    }

    private bool RentBuffers()
    {
        BufferPool buffers = _context.Loop.Buffers;
        x.Out ??= buffers.TryRent(x.In!.Size);
        x.Up ??= buffers.TryRent(BufferSize.Small);
        return x.Out is not null && x.Up is not null;
    }

    private void Release()
    {
        x.Out?.Return();
        x.Out = null;
        x.Up?.Return();
        x.Up = null;
        UpstreamConnection? connection = x.Connection;
        x.Connection = null;
        if (connection is null)
        {
            return;
        }

        connection.Stream.ResetCancel();
        if (x.ReuseUpstream && x.Error == ProxyError.None && !connection.Stream.IsPeerClosed)
        {
            x.Connections!.GiveBack(connection, Pool, _context.Loop.NowMs);
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
