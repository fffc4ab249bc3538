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
internal sealed class Tunnel(Downstream session, Exchange x, int idleMs, int halfClosedMs)
{
    private readonly EventLoop _loop = session.Client.Loop;
    private readonly ByteStream _client = session.Client;
    private readonly ByteStream _server = x.Connection!.Stream;
    private long _movedAtMs = session.Client.Loop.NowMs;
    private int _idleMs = idleMs;
    private bool _isBroken;

    internal async Flow RunAsync()
    {
        x.ClientSend.ChangeLimits(_idleMs, bytesPerSecond: 0);
        x.ServerSend.ChangeLimits(_idleMs, bytesPerSecond: 0);
        session.IsTunnel = true;
        Flow up = UpAsync();
        await PumpAsync(_server, _client, x.ClientSend, ProxyError.UpstreamTruncated, ProxyError.ClientClosed);
        await up;
        session.ResetCancel();
        _server.ResetCancel();
        if (!_isBroken)
        {
            await EndAsync(_client, x.ClientSend);
            await EndAsync(_server, x.ServerSend);
        }

        session.IsTunnel = false;
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
        if (x.InEnd > x.InStart
            && !await StreamWrites.SendAsync(_server, x.ServerSend, x.In!, x.InStart, x.InEnd - x.InStart))
        {
            Break(ProxyError.UpstreamTruncated);
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
            WaitResult wait = await from.ReceiveReadyAsync(DeadlineMs());
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
                    x.RequestWireBytes += from == _client ? received : 0;
                    sent = await StreamWrites.SendAsync(to, pace, buffer, 0, received);
                }
            }
            while (received > 0 && sent && from.MayReceive && !pace.ShouldYield());
            buffer.Return();

            if (received > 0 && sent)
            {
                await _loop.YieldAsync();
                continue;
            }

            if (received == 0)
            {
                to.ShutdownSend();
                HalfClose(to);
                return;
            }

            if (!sent || (received < 0 && received != ByteStream.WouldBlock))
            {
                Break(sent ? receiveError : sendError);
                return;
            }
        }
    }

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
