using Atlas.Engine.Buffers;
using Atlas.Engine.Interop;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Streams;

/// <summary>A connected socket watched edge-triggered: a receive that takes less than it had room for has emptied the
/// socket (epoll(7)), so no second call is needed to learn that. Once urgent data has come that does not hold: a receive ends at
/// its place, and a splice does not get past it, whatever has come behind (tcp(7)).</summary>
internal sealed class SocketStream : ByteStream, IEventSource
{
    private readonly Worker _worker;
    private readonly int _descriptor;
    private int _slot;
    private bool _hasUrgent;

    private SocketStream(Worker worker, int descriptor)
        : base(worker)
    {
        _worker = worker;
        _descriptor = descriptor;
    }

    public override SocketAddress? LocalAddress => IsClosed ? null : Socket.LocalAddress(_descriptor);

    public override int Undelivered => IsClosed ? 0 : Math.Max(Socket.UnsentBytes(_descriptor), 0);

    internal int Descriptor => _descriptor;

    /// <summary>Makes the stream of a descriptor, which then belongs to it.</summary>
    /// <param name="worker">The loop.</param>
    /// <param name="descriptor">A connected or connecting socket.</param>
    /// <param name="error">The positive error number of a failure: the descriptor is still the caller's then.</param>
    internal static SocketStream? TryCreate(Worker worker, int descriptor, out int error)
    {
        var stream = new SocketStream(worker, descriptor);
        int slot = worker.Poller.TryWatch(descriptor, stream, EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        error = slot < 0 ? -slot : 0;
        stream._slot = slot;
        return slot < 0 ? null : stream;
    }

    /// <summary>A connect is under way: sending waits for its end.</summary>
    internal void AwaitConnected() => SendFilled();

    public override int TryReceive(Span<byte> buffer)
    {
        if (IsClosed)
        {
            return -Errno.ECONNRESET;
        }

        int received = Socket.Receive(_descriptor, buffer, 0);
        if (received == WouldBlock || (received > 0 && received < buffer.Length && !_hasUrgent))
        {
            ReceiveDrained(foundNothing: received < 0);
        }
        else if (received <= 0)
        {
            received = Ended(received);
        }

        return received;
    }

    public override bool CanSplice => !_hasUrgent;

    public override int TryReceive(KernelPipe pipe)
    {
        if (IsClosed)
        {
            return -Errno.ECONNRESET;
        }

        int received = pipe.Fill(_descriptor);
        if (received == WouldBlock)
        {
            if (!_hasUrgent)
            {
                ReceiveDrained(foundNothing: true);
            }
        }
        else if (received <= 0)
        {
            received = Ended(received);
        }

        return received;
    }

    public override int TrySend(KernelPipe pipe)
    {
        if (IsClosed)
        {
            return -Errno.EPIPE;
        }

        // Less than all does not mean that the window is full here: pages go in batches. Only nothing at all does.
        int sent = pipe.Drain(_descriptor);
        return Sent(sent, given: Math.Max(sent, 0));
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            return -Errno.EPIPE;
        }

        int sent = Socket.Send(_descriptor, bytes);
        return Sent(sent, bytes.Length);
    }

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsClosed)
        {
            return -Errno.EPIPE;
        }

        int sent = Socket.Send(_descriptor, first, second);
        return Sent(sent, first.Length + second.Length);
    }

    public override int Peek()
    {
        Span<byte> one = stackalloc byte[1];
        return IsClosed ? -Errno.ECONNRESET : Socket.Receive(_descriptor, one, MSG_PEEK | MSG_DONTWAIT);
    }

    public override void ShutdownSend()
    {
        if (!IsClosed)
        {
            Socket.ShutdownSend(_descriptor);
        }
    }

    public void OnEvents(uint mask)
    {
        _hasUrgent |= (mask & EPOLLPRI) != 0;
        if ((mask & EPOLLOUT) != 0)
        {
            SignalSend();
        }

        if (IsClosed)
        {
            return;
        }

        if ((mask & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        {
            if ((mask & EPOLLERR) != 0)
            {
                NoteBroken();
            }

            SignalPeerClosed(reset: (mask & (EPOLLHUP | EPOLLERR)) != 0);
        }
        else if ((mask & EPOLLIN) != 0)
        {
            SignalReceive();
        }
    }

    public void OnLoopEnding() => Abort();

    protected override void CloseCore(bool abort)
    {
        if (abort)
        {
            Socket.ResetOnClose(_descriptor);
        }

        _worker.Poller.Unwatch(_slot);
        Socket.Close(_descriptor);
    }

    private int Sent(int sent, int given)
    {
        if (sent == WouldBlock || (sent >= 0 && sent < given))
        {
            SendFilled();
        }

        return sent < 0 ? Failed(sent) : sent;
    }

    // The kernel reports a reset once, to whichever call comes first, and an end of stream from then on. Remembered, so
    // that a sender that met it doesn't make a receiver take a truncated stream for a whole one.
    private int Ended(int received)
    {
        ReceiveEnded();
        return received == 0 && IsBroken ? -Errno.ECONNRESET : Failed(received);
    }

    private int Failed(int result)
    {
        if (result == -Errno.ECONNRESET)
        {
            NoteBroken();
        }

        return result;
    }
}
