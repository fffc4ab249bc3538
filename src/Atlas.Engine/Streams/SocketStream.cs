using Atlas.Engine.Interop;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Streams;

/// <summary>A connected socket watched edge-triggered: a receive that takes less than it had room for has emptied the
/// socket (epoll(7)), so no second call is needed to learn that.</summary>
internal sealed class SocketStream : ByteStream, IEventSource
{
    private readonly Worker _worker;
    private readonly int _descriptor;
    private readonly int _slot;

    internal SocketStream(Worker worker, int descriptor)
        : base(worker)
    {
        _worker = worker;
        _descriptor = descriptor;
        _slot = worker.Watch(descriptor, this, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }

    internal int Descriptor => _descriptor;

    /// <summary>A connect is under way: sending waits for its end.</summary>
    internal void AwaitConnected() => SendFilled();

    public override int TryReceive(Span<byte> buffer)
    {
        if (IsClosed)
        {
            return -Errno.ECONNRESET;
        }

        int received = Socket.Receive(_descriptor, buffer, 0);
        if (received < buffer.Length && received != 0)
        {
            ReceiveDrained();
        }

        return received;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            return -Errno.EPIPE;
        }

        int sent = Socket.Send(_descriptor, bytes);
        if (sent < bytes.Length)
        {
            SendFilled();
        }

        return sent;
    }

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsClosed)
        {
            return -Errno.EPIPE;
        }

        int sent = Socket.Send(_descriptor, first, second);
        if (sent < first.Length + second.Length)
        {
            SendFilled();
        }

        return sent;
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
            SignalPeerClosed(reset: (mask & (EPOLLHUP | EPOLLERR)) != 0);
        }
        else if ((mask & EPOLLIN) != 0)
        {
            SignalReceive();
        }
    }

    protected override void CloseCore(bool abort)
    {
        if (abort)
        {
            Socket.ResetOnClose(_descriptor);
        }

        _worker.Unwatch(_slot);
        Socket.Close(_descriptor);
    }
}
