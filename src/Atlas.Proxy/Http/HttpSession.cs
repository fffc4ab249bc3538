using System.Text;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>One client connection speaking HTTP/1.1, from accept to close. While it idles it holds no buffer and no
/// exchange.</summary>
internal sealed class HttpSession(
    WorkerContext context,
    HttpListener listener,
    ByteStream client,
    SocketAddress peer,
    Action ended)
{
    private readonly byte[] _clientIp = peer.IsUnix ? "unix"u8.ToArray() : Encoding.ASCII.GetBytes(IpText(peer));
    private Exchange? _exchange;

    internal ByteStream Client { get; } = client;

    /// <summary>The snapshot that the request at hand began with.</summary>
    internal HttpListenerSnapshot Listener { get; private set; } = listener.Snapshot;

    internal ReadOnlySpan<byte> ClientIp => _clientIp;

    internal bool IsIdle => _exchange is null;

    internal HttpListener Owner => listener;

    /// <summary>Whether the connection ends with the request at hand.</summary>
    internal bool IsDraining => listener.IsDraining;

    /// <summary>Whether the connection was upgraded.</summary>
    internal bool IsTunnel { get; set; }

    internal async Flow RunAsync()
    {
        context.Sessions.Add(this);
        bool goOn = true;
        while (goOn && (!IsDraining || HasRequest()))
        {
            if (_exchange is null
                && await Client.ReceiveReadyAsync(context.Loop.NowMs + Listener.IdleMs) != WaitResult.Ready
                && !HasRequest())
            {
                break;
            }

            Listener = listener.Snapshot;
            goOn = await ServeAsync();
        }

        context.Sessions.Remove(this);
        ReleaseExchange();
        Client.Close();
        ended();
    }

    /// <summary>Ends the connection with a reset, and the exchange at hand as when the client leaves.</summary>
    internal void Abort()
    {
        Client.Abort();
        _exchange?.Relay.OnPeerClosed(Client);
    }

    /// <summary>Whether a request came before the connection could be drained: its client could not know, and is answered
    /// once more.</summary>
    private bool HasRequest()
    {
        if (!IsDraining || _exchange is not null || Client.Peek() <= 0)
        {
            return false;
        }

        Client.ResetCancel();
        return true;
    }

    private static string IpText(SocketAddress address) => new System.Net.IPAddress(address.Ip).ToString();

    private async ResultFlow<bool> ServeAsync()
    {
        if (_exchange is null)
        {
            _exchange = context.RentExchange();
            _exchange.In = context.Loop.Buffers.TryRent(BufferSize.Small);
            if (_exchange.In is null)
            {
                return false;
            }
        }

        Exchange x = _exchange;
        if (!await ReadHeadAsync(x))
        {
            if (x.Error != ProxyError.None)
            {
                await ErrorResponder.SendAsync(context, this, x);
            }

            return false;
        }

        context.CountRequest();
        x.InStart = x.Request.Length;
        x.KeepClient = x.Request.KeepAlive && !IsDraining;
        await x.Relay.RunAsync(context, this);
        bool keep = x.KeepClient && !x.ClientGone;
        if (keep)
        {
            PrepareNext(x);
        }

        return keep;
    }

    /// <summary>Reads and parses a head. False without an error: the client closed between requests.</summary>
    private async ResultFlow<bool> ReadHeadAsync(Exchange x)
    {
        long deadlineMs = context.Loop.NowMs + Listener.HeadersMs;
        while (true)
        {
            if (x.InEnd > 0)
            {
                ParseStatus status = x.RequestParser.Parse(x.In!.Span[..x.InEnd], x.Request, Listener.Limits);
                if (status == ParseStatus.Done)
                {
                    return true;
                }

                if (status == ParseStatus.Error || (x.InEnd == x.In!.Length && !Grow(x)))
                {
                    x.Error = status == ParseStatus.Error ? ProxyError.BadRequest : ProxyError.Overload;
                    return false;
                }
            }

            int received = Client.TryReceive(x.In!.Span[x.InEnd..]);
            if (received == ByteStream.WouldBlock)
            {
                WaitResult wait = await Client.ReceiveReadyAsync(deadlineMs);
                if (wait == WaitResult.TimedOut && x.InEnd > 0)
                {
                    x.Error = ProxyError.ClientSlow;
                }

                if (wait != WaitResult.Ready)
                {
                    return false;
                }

                continue;
            }

            if (received <= 0)
            {
                return false;
            }

            x.InEnd += received;
        }
    }

    private bool Grow(Exchange x)
    {
        NativeBuffer? larger = x.In!.Size == BufferSize.Small ? context.Loop.Buffers.TryRent(BufferSize.Large) : null;
        if (larger is null)
        {
            return false;
        }

        x.In.Span[..x.InEnd].CopyTo(larger.Span);
        x.In.Return();
        x.In = larger;
        return true;
    }

    private void PrepareNext(Exchange x)
    {
        NativeBuffer buffer = x.In!;
        int left = x.InEnd - x.InStart;
        if (left == 0)
        {
            ReleaseExchange();
            return;
        }

        // The client sent its next request already: it stays in the buffer, moved to the front.
        buffer.Span[x.InStart..x.InEnd].CopyTo(buffer.Span);
        x.Reset();
        x.InEnd = left;
    }

    private void ReleaseExchange()
    {
        Exchange? x = _exchange;
        if (x is null)
        {
            return;
        }

        _exchange = null;
        x.In?.Return();
        x.In = null;
        context.Return(x);
    }
}
