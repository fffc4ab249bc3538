using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http2;

namespace Atlas.Proxy.Http;

/// <summary>Passes bytes both ways, unread, until both sides ended or both were silent for too long. The end of one
/// direction is passed on as such (half-close), and the other one has a shorter time from then on, since an end that is gone
/// cannot be told from one that only listens; a broken one breaks both. While it idles it holds no buffer.</summary>
/// <param name="session">Whose client it is.</param>
/// <param name="x">The exchange with the connection to the server.</param>
/// <param name="idleMs">Milliseconds without a byte either way; <see cref="int.MaxValue"/>: any.</param>
/// <param name="halfClosedMs">The same once one side has ended.</param>
/// <param name="farewell">How the client is told to go; null: what it speaks has no words for that.</param>
internal sealed class Tunnel(Downstream session, Exchange x, int idleMs, int halfClosedMs, WebSocketFarewell? farewell) : IPeerClosedHandler
{
    private readonly EventLoop _loop = session.Client.Loop;
    private readonly ByteStream _client = session.Client;
    private readonly ByteStream _server = x.Connection!.Stream;
    private long _movedAtMs = session.Client.Loop.NowMs;
    private int _idleMs = idleMs;
    private bool _isBroken;
    private bool _awaitsServer;
    private Flow? _saying;

    internal async Flow RunAsync()
    {
        x.ClientSend.ChangeLimits(_idleMs, bytesPerSecond: 0);
        x.ServerSend.ChangeLimits(_idleMs, bytesPerSecond: 0);
        session.Tunnel = this;
        if (session.Owner.ClosesWebSockets)
        {
            farewell?.Begin();
        }

        _client.PeerClosedHandler = this;
        Flow up = UpAsync();
        if (_client.IsBroken)
        {
            OnPeerClosed(_client);
        }

        await PumpAsync(_server, _client, x.ClientSend, ProxyError.UpstreamTruncated, ProxyError.ClientClosed);
        await up;
        await FarewellAsync();
        session.ResetCancel();
        _server.ResetCancel();
        if (!_isBroken)
        {
            await EndAsync(_client, x.ClientSend);
            await EndAsync(_server, x.ServerSend);
        }

        _client.PeerClosedHandler = null;
        session.Tunnel = null;
    }

    /// <summary>A client that broke off is found by whoever receives from it, who may be waiting for the server to take what came
    /// before, or have seen its end already.</summary>
    public void OnPeerClosed(ByteStream stream)
    {
        if (stream.IsBroken)
        {
            Break(Unless(ProxyError.ClientClosed));
        }
    }

    /// <summary>Tells the client to go, now or where the frame ends that the server has begun. For the loop's thread.</summary>
    internal void Leave()
    {
        farewell?.Begin();
        if (_awaitsServer)
        {
            SayFarewellIfDue();
        }
    }

    // While nothing of the server is on its way to the client; nothing will be after this.
    private void SayFarewellIfDue()
    {
        if (farewell is { IsDue: true })
        {
            farewell.IsSaid = true;
            _saying = SayFarewellAsync();
        }
    }

    /// <summary>Waits until the farewell has gone, if there was one.</summary>
    private async Flow FarewellAsync()
    {
        if (_saying is { } saying)
        {
            _saying = null;
            await saying;
        }
    }

    private async Flow SayFarewellAsync()
    {
        int at = 0;
        while (at < WebSocketFarewell.Frame.Length)
        {
            int sent = _client.TrySend(WebSocketFarewell.Frame[at..]);
            if (sent < 0 && (sent != ByteStream.WouldBlock || await _client.SendReadyAsync(DeadlineMs()) != WaitResult.Ready))
            {
                Break(ProxyError.ClientClosed);
                return;
            }

            at += Math.Max(sent, 0);
        }

        session.Owner.WebSocketTold();
    }

    // The end of a stream of HTTP/2 is a frame, for which there may have been no room. Whoever closes before it was written resets the
    // stream, and the other side takes an end in order for one that is not.
    private static async Flow EndAsync(ByteStream to, TransferPace pace)
    {
        if (to is not Http2ByteStream stream)
        {
            return;
        }

        while (!stream.TryEnd() && await stream.SendReadyAsync(pace.DeadlineMs(stream.Loop.NowMs)) == WaitResult.Ready)
        {
            // There may be room now.
        }
    }

    // What the client sent right behind its request goes first.
    private async Flow UpAsync()
    {
        farewell?.TakeOfClient(x.In!.Span[x.InStart..x.InEnd]);
        if (x.InEnd > x.InStart
            && !await StreamWrites.SendAsync(_server, x.ServerSend, x.In!, x.InStart, x.InEnd - x.InStart))
        {
            Break(Unless(ProxyError.UpstreamTruncated));
            return;
        }

        x.RequestWireBytes += x.InEnd - x.InStart;
        x.InStart = x.InEnd;
        x.ReturnIn();
        await PumpAsync(_client, _server, x.ServerSend, ProxyError.ClientClosed, ProxyError.UpstreamTruncated);
    }

    private async Flow PumpAsync(
        ByteStream from, ByteStream to, TransferPace pace, ProxyError receiveError, ProxyError sendError)
    {
        while (true)
        {
            if (from == _server)
            {
                SayFarewellIfDue();
                _awaitsServer = true;
            }

            WaitResult wait = await from.ReceiveReadyAsync(DeadlineMs());
            _awaitsServer &= from != _server;
            if (wait == WaitResult.TimedOut && DeadlineMs() > _loop.NowMs)
            {
                // The other direction moved bytes meanwhile.
                continue;
            }

            if (wait == WaitResult.Cancelled && !_isBroken && !session.IsAborted && !from.IsClosed)
            {
                // The other direction ended: the deadline is another one.
                from.ResetCancel();
                continue;
            }

            if (wait != WaitResult.Ready)
            {
                Break(session.IsAborted ? ProxyError.ShuttingDown : ProxyError.None);
                return;
            }

            NativeBuffer? buffer = _loop.Buffers.TryRent(BufferSize.Small);
            if (buffer is null)
            {
                Break(ProxyError.Overload);
                return;
            }

            int received;
            bool sent = true;
            do
            {
                received = from.TryReceive(buffer.Span);
                if (received > 0)
                {
                    _movedAtMs = _loop.NowMs;
                    int length = from == _server ? OfServer(buffer.Span[..received]) : OfClient(buffer.Span[..received]);
                    sent = await StreamWrites.SendAsync(to, pace, buffer, 0, length);
                }
            }
            while (received > 0 && sent && from.MayReceive && !pace.ShouldYield());
            buffer.Return();

            if (received > 0 && sent)
            {
                await _loop.YieldAsync();
                continue;
            }

            bool isOver = received == 0 || (received < 0 && received != ByteStream.WouldBlock && farewell is { IsAnswered: true });
            if (isOver)
            {
                if (to == _client)
                {
                    await FarewellAsync();
                }

                to.ShutdownSend();
                HalfClose(to);
                return;
            }

            if (!sent || (received < 0 && received != ByteStream.WouldBlock))
            {
                Break(Unless(sent ? receiveError : sendError));
                return;
            }
        }
    }

    // How many of the bytes go on.
    private int OfServer(ReadOnlySpan<byte> bytes) => farewell?.Take(bytes) ?? bytes.Length;

    private int OfClient(ReadOnlySpan<byte> bytes)
    {
        x.RequestWireBytes += bytes.Length;
        farewell?.TakeOfClient(bytes);
        return bytes.Length;
    }

    // What is no error any more once both have said Close.
    private ProxyError Unless(ProxyError error) => farewell is { IsAnswered: true } ? ProxyError.None : error;

    private long DeadlineMs() => _idleMs == int.MaxValue ? long.MaxValue : _movedAtMs + _idleMs;

    /// <summary>Gives the direction that is left its shorter time, from now on.</summary>
    /// <param name="from">Where that direction receives.</param>
    private void HalfClose(ByteStream from)
    {
        _idleMs = Math.Min(_idleMs, halfClosedMs);
        _movedAtMs = _loop.NowMs;
        x.ClientSend.ChangeLimits(_idleMs, bytesPerSecond: 0);
        x.ServerSend.ChangeLimits(_idleMs, bytesPerSecond: 0);
        from.CancelWaits();
    }

    /// <summary>Ends both directions: the one that is left has nobody to talk to.</summary>
    private void Break(ProxyError error)
    {
        _isBroken = true;
        x.Error = x.Error == ProxyError.None ? error : x.Error;
        _client.CancelWaits();
        _server.CancelWaits();
    }
}
