using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Relaying;

/// <summary>
/// Passes bytes both ways, unread, until both sides ended or both were silent for too long. It receives nothing before what came
/// last was sent, so that a slow receiver slows its sender. While it idles it holds no buffer.
/// <code>
///   a side              the other side gets   then
///   ends (FIN)          the end               goes on the other way, with the time for half-closed connections
///   breaks (RST)        what that side said   over, as soon as the other side's machine has it: a server that answers and closes
///                       and then a break      while the client still sends, breaks with its answer on the way
///   is silent too long  (both sides) an end   over
/// </code>
/// What comes in large pieces goes through a pipe of the kernel where both streams can (measured: bench tcp-bulk).
/// </summary>
/// <param name="client">The client's side.</param>
/// <param name="server">The server's side, on the same loop.</param>
/// <param name="idleMs">Milliseconds without a byte either way; <see cref="int.MaxValue"/>: any.</param>
/// <param name="halfClosedMs">The same once one side has ended.</param>
/// <param name="live">Counts the bytes as they move; null: nobody does.</param>
internal sealed class TwoWayRelay(ByteStream client, ByteStream server, int idleMs, int halfClosedMs, ListenerCounters? live)
{
    // Pieces that one direction moves before the other connections of its worker have their turn.
    private const int PiecesPerTurn = 16;

    // Buffers that came full in a row after which a direction is taken for bulk. A request or response of a few pages costs less
    // to copy than a pipe does (measured: bench tcp-bulk).
    private const int FullPiecesOfBulk = 1;

    /// <summary>Milliseconds that a side may take nothing of what the other had said before it broke.</summary>
    internal const int LastIdleMs = 500;

    /// <summary>Milliseconds that passing on what a broken side had said may take in all.</summary>
    internal const int LastMs = 5_000;

    // How often it is looked whether the last bytes were delivered, of which the kernel tells nothing.
    private const int DeliveryCheckMs = 5;

    private readonly EventLoop _loop = client.Loop;
    private long _movedAtMs = client.Loop.NowMs;
    private int _idleMs = idleMs;
    private bool _isOver;

    // The side that broke, while what it had said is passed on, and until when.
    private ByteStream? _broken;
    private long _lastEndMs;

    /// <summary>Bytes received from the client.</summary>
    internal long BytesUp { get; private set; }

    /// <summary>Bytes received from the server.</summary>
    internal long BytesDown { get; private set; }

    /// <summary>Whether the first end, or break, was the server's; null: nothing ended before the relay was ended from outside.</summary>
    internal bool? ServerEndedFirst { get; private set; }

    /// <summary>How it ended; none: both sides ended in order.</summary>
    internal ProxyError Error { get; private set; }

    /// <summary>Runs to the end.</summary>
    /// <param name="first">What goes to the server first; null: nothing. Lent until the end.</param>
    /// <param name="length">Bytes of it.</param>
    /// <param name="received">How many of them the client sent.</param>
    internal async Flow RunAsync(NativeBuffer? first = null, int length = 0, int received = 0)
    {
        Flow up = UpAsync(first, length, received);
        await PumpAsync(server, client, isUp: false);
        await up;
        if (_broken is not null)
        {
            await DeliverAsync(_broken == server ? client : server);
        }
    }

    /// <summary>Ends both directions now. The first reason stays.</summary>
    internal void Break(ProxyError error)
    {
        if (!_isOver)
        {
            _isOver = true;
            Error = Error == ProxyError.None ? error : Error;
            client.CancelWaits();
            server.CancelWaits();
        }
    }

    /// <summary>Takes that a side broke: the direction to it is over, and what it had said goes to the other side, within
    /// bounds.</summary>
    internal void SideBroke(bool isServer)
    {
        ByteStream side = isServer ? server : client;
        if (_isOver || _broken == side)
        {
            return;
        }

        if (_broken is not null)
        {
            Break(Error);
            return;
        }

        _broken = side;
        Error = isServer ? ProxyError.UpstreamTruncated : ProxyError.ClientClosed;
        ServerEndedFirst ??= isServer;
        _movedAtMs = _loop.NowMs;
        _lastEndMs = _loop.NowMs + LastMs;
        client.CancelWaits();
        server.CancelWaits();
    }

    private async Flow UpAsync(NativeBuffer? first, int length, int received)
    {
        Count(received, isUp: true);
        if (first is not null && (IsOver(isUp: true) || !await SendAsync(server, first, 0, length, isUp: true)))
        {
            return;
        }

        await PumpAsync(client, server, isUp: true);
    }

    private async Flow PumpAsync(ByteStream from, ByteStream to, bool isUp)
    {
        while (true)
        {
            WaitResult wait = await from.ReceiveReadyAsync(DeadlineMs());
            if (wait != WaitResult.Ready)
            {
                if (GoesOnWaiting(from, wait, isUp))
                {
                    continue;
                }

                return;
            }

            int last = await MoveAsync(from, to, isUp);
            if (IsOver(isUp) || (last == 0 && _broken is not null))
            {
                return;
            }

            if (last == 0)
            {
                ServerEndedFirst ??= !isUp;
                to.ShutdownSend();
                HalfClose();
                return;
            }

            if (last > 0)
            {
                await _loop.YieldAsync();
            }
            else if (last != ByteStream.WouldBlock)
            {
                SideBroke(isServer: !isUp);
                return;
            }
        }
    }

    /// <summary>Whether nothing moves any more in a direction.</summary>
    private bool IsOver(bool isUp) => _isOver || (_broken is not null && _broken == (isUp ? server : client));

    /// <summary>Whether a wait that ended without news goes on.</summary>
    private bool GoesOnWaiting(ByteStream from, WaitResult wait, bool isUp)
    {
        if (IsOver(isUp))
        {
            return false;
        }

        if (wait == WaitResult.TimedOut && DeadlineMs() > _loop.NowMs)
        {
            // The other direction moved bytes meanwhile.
            return true;
        }

        if (wait == WaitResult.Cancelled && !from.IsClosed)
        {
            // The other direction ended: the deadline is another one.
            from.ResetCancel();
            return true;
        }

        Break(wait == WaitResult.TimedOut ? ProxyError.IdleTimeout : ProxyError.ShuttingDown);
        return false;
    }

    /// <summary>Moves what there is.</summary>
    /// <returns>What the last receive said; more than 0: there may be more, but it is the others' turn.</returns>
    private async ResultFlow<int> MoveAsync(ByteStream from, ByteStream to, bool isUp)
    {
        NativeBuffer? buffer = _loop.Buffers.TryRent(BufferSize.Small);
        if (buffer is null)
        {
            Break(ProxyError.Overload);
            return ByteStream.WouldBlock;
        }

        int received = ByteStream.WouldBlock;
        int full = 0;
        for (int piece = 0; piece < PiecesPerTurn; piece++)
        {
            received = from.TryReceive(buffer.Span);
            if (received <= 0)
            {
                break;
            }

            Count(received, isUp);
            int sent = to.TrySend(buffer.Span[..received]);
            if (sent < received && !await SendAsync(to, buffer, Math.Max(sent, 0), received - Math.Max(sent, 0), isUp))
            {
                break;
            }

            full = received == buffer.Length ? full + 1 : 0;
            if (full >= FullPiecesOfBulk && from.CanSplice && to.CanSplice)
            {
                buffer.Return();
                return await SpliceAsync(from, to, isUp);
            }

            if (!from.MayReceive)
            {
                received = ByteStream.WouldBlock;
                break;
            }
        }

        buffer.Return();
        return received;
    }

    /// <summary>Moves what there is through a pipe of the kernel.</summary>
    /// <returns>As <see cref="MoveAsync"/>.</returns>
    private async ResultFlow<int> SpliceAsync(ByteStream from, ByteStream to, bool isUp)
    {
        KernelPipe? pipe = _loop.Pipes.TryRent();
        if (pipe is null)
        {
            return 1;
        }

        int received = 1;
        while (received > 0 && !IsOver(isUp))
        {
            for (int piece = 0; piece < PiecesPerTurn && received > 0 && !IsOver(isUp); piece++)
            {
                received = from.TryReceive(pipe);
                Count(Math.Max(received, 0), isUp);
                while (pipe.Length > 0 && !IsOver(isUp))
                {
                    int sent = to.TrySend(pipe);
                    if (sent < 0 && !await MaySendAsync(to, sent, isUp))
                    {
                        break;
                    }

                    _movedAtMs = _loop.NowMs;
                }
            }

            if (received > 0 && !IsOver(isUp))
            {
                await _loop.YieldAsync();
            }
        }

        pipe.Return();
        return received;
    }

    private async ResultFlow<bool> SendAsync(ByteStream to, NativeBuffer buffer, int start, int length, bool isUp)
    {
        while (length > 0)
        {
            int sent = to.TrySend(buffer.Span.Slice(start, length));
            if (sent < 0 && !await MaySendAsync(to, sent, isUp))
            {
                return false;
            }

            sent = Math.Max(sent, 0);
            start += sent;
            length -= sent;
            _movedAtMs = _loop.NowMs;
        }

        return true;
    }

    /// <summary>After a send that took nothing: waits until one may take something.</summary>
    /// <returns>False: there is nobody to send to.</returns>
    private async ResultFlow<bool> MaySendAsync(ByteStream to, int sent, bool isUp)
    {
        if (sent != ByteStream.WouldBlock)
        {
            SideBroke(isServer: isUp);
            return false;
        }

        WaitResult wait;
        do
        {
            wait = await to.SendReadyAsync(DeadlineMs());
        }
        while (wait != WaitResult.Ready && GoesOnWaiting(to, wait, isUp));
        return wait == WaitResult.Ready;
    }

    private void Count(int bytes, bool isUp)
    {
        _movedAtMs = _loop.NowMs;
        if (isUp)
        {
            BytesUp += bytes;
            live?.BytesMoved(bytes, 0);
        }
        else
        {
            BytesDown += bytes;
            live?.BytesMoved(0, bytes);
        }
    }

    private long DeadlineMs() => _broken is not null ? Math.Min(_movedAtMs + LastIdleMs, _lastEndMs)
        : _idleMs == int.MaxValue ? long.MaxValue
        : _movedAtMs + _idleMs;

    /// <summary>Waits until what was sent is on the other machine: a reset takes back what is not.</summary>
    private async Flow DeliverAsync(ByteStream to)
    {
        LoopWait? pause = null;
        int left = to.Undelivered;
        while (left > 0 && !_isOver && !to.IsBroken && _loop.NowMs < DeadlineMs())
        {
            pause ??= new LoopWait(_loop);
            if (await pause.Begin(_loop.NowMs + DeliveryCheckMs) == WaitResult.Cancelled)
            {
                return;
            }

            int now = to.Undelivered;
            _movedAtMs = now < left ? _loop.NowMs : _movedAtMs;
            left = now;
        }
    }

    /// <summary>Gives the direction that is left its own time, from now on, whether it waits to receive or to send.</summary>
    private void HalfClose()
    {
        if (halfClosedMs < _idleMs)
        {
            _idleMs = halfClosedMs;
            _movedAtMs = _loop.NowMs;
            client.CancelWaits();
            server.CancelWaits();
        }
    }
}
