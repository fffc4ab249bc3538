using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Datagrams;

/// <summary>A UDP socket of one loop, used on its thread only: bound to an address that clients send to, or connected to one
/// peer. No operation blocks; what does not fit anywhere is lost, as datagrams are.</summary>
public sealed class DatagramSocket : IEventSource
{
    // A burst that a turn of the loop takes to get to: 1 MiB is about 450 datagrams of 1,500 bytes, as the kernel counts.
    private const int BurstBytes = 1 << 20;
    private const int BurstCount = 32;

    private readonly Worker _worker;
    private int _descriptor = -1;
    private int _slot;
    private int _expected = 1;
    private bool _isConnected;
    private bool _hasBurst;

    private DatagramSocket(Worker worker, IDatagramHandler handler)
    {
        _worker = worker;
        Handler = handler;
    }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => _descriptor >= 0;

    internal int Descriptor => _descriptor;

    internal IDatagramHandler Handler { get; set; }

    /// <summary>Makes a socket that is not open yet.</summary>
    /// <param name="loop">A worker.</param>
    /// <param name="handler">Hears of it.</param>
    public static DatagramSocket Of(EventLoop loop, IDatagramHandler handler) => new((Worker)loop, handler);

    /// <summary>Opens the socket with a port that the kernel chooses, and connects it: only this peer is heard, and its refusals
    /// (ICMP) become errors. It may be closed and opened again.</summary>
    /// <returns>0, or a negative error number: EMFILE, ENFILE, ENOMEM and EAGAIN say that descriptors, memory or ports are
    /// used up.</returns>
    public int Connect(SocketAddress peer)
    {
        int descriptor = Socket.OpenDatagram(peer.Family);
        if (descriptor < 0)
        {
            return descriptor;
        }

        Segmentation.Enable(descriptor);
        int result = Socket.Connect(descriptor, peer);
        if (result >= 0)
        {
            result = Watch(descriptor, isConnected: true);
        }

        if (result < 0)
        {
            Socket.Close(descriptor);
        }

        return result;
    }

    /// <summary>Receives what waits, up to what the batch has room for.</summary>
    /// <returns>How many slots were filled, or a negative error number: ECONNREFUSED where the peer of a connected socket refuses,
    /// EAGAIN when nothing waits.</returns>
    public int Receive(DatagramBatch batch)
    {
        if (_descriptor < 0)
        {
            return -Errno.EBADF;
        }

        // Most connected sockets get one answer at a time: looking for a second one costs a fifth of a call.
        int most = _isConnected ? _expected : DatagramBatch.Capacity;
        int received = batch.Receive(_descriptor, most, _isConnected);
        if (_isConnected && received > 0)
        {
            _expected = received < most ? received : Math.Min(most * 2, DatagramBatch.Capacity);
            if (_expected > BurstCount && !_hasBurst)
            {
                _hasBurst = true;
                SetReceiveBuffer(_descriptor, BurstBytes);
            }
        }

        return received;
    }

    /// <summary>Sends all of a queue and empties it.</summary>
    public SendTally Send(DatagramQueue queue)
    {
        if (_descriptor >= 0)
        {
            return queue.Flush(_descriptor, stopsAtError: _isConnected);
        }

        int lost = queue.Count;
        queue.Clear();
        return new SendTally { Failed = lost, Error = Errno.EBADF };
    }

    /// <summary>Sends one datagram to the peer of a connected socket.</summary>
    /// <returns>The number of bytes, or a negative error number.</returns>
    public int Send(ReadOnlySpan<byte> datagram) => _descriptor < 0 ? -Errno.EBADF : Socket.Send(_descriptor, datagram);

    /// <summary>Closes it. Idempotent.</summary>
    public void Close()
    {
        if (_descriptor >= 0)
        {
            _worker.Poller.Unwatch(_slot);
            Socket.Close(_descriptor);
            _descriptor = -1;
        }
    }

    void IEventSource.OnEvents(uint mask) => Handler.OnReadable(this);

    void IEventSource.OnLoopEnding()
    {
        Close();
        Handler.OnEnded(this);
    }

    /// <summary>Takes a bound descriptor.</summary>
    /// <returns>0, or a negative error number: the descriptor is still the caller's then.</returns>
    internal int Take(int descriptor) => Watch(descriptor, isConnected: false);

    internal static void SetReceiveBuffer(int descriptor, int bytes)
    {
        // Past the system's bound (net.core.rmem_max) only with CAP_NET_ADMIN.
        if (Socket.SetOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0)
        {
            Socket.SetOption(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
        }
    }

    private int Watch(int descriptor, bool isConnected)
    {
        // Level-triggered: what one turn leaves comes up in the next.
        int slot = _worker.Poller.TryWatch(descriptor, this, EPOLLIN);
        if (slot < 0)
        {
            return slot;
        }

        _descriptor = descriptor;
        _slot = slot;
        _isConnected = isConnected;
        _expected = 1;
        _hasBurst = false;
        return 0;
    }
}
