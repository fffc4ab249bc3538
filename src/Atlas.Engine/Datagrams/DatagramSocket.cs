using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Datagrams;

/// <summary>A UDP socket of one loop, used on its thread only: bound to an address that clients send to, or connected to one
/// peer. No operation blocks; what does not fit anywhere is lost, as datagrams are.</summary>
public sealed class DatagramSocket : IEventSource
{
    // Turns in a row in which datagrams wait: who asks and answers in turn has one of two at most.
    private const int BurstTurns = 4;

    // What comes while a turn of the loop has others to serve: 1 MiB is about 450 datagrams of 1,500 bytes, as the kernel counts.
    private const int BurstBytes = 1 << 20;

    private readonly Worker _worker;
    private int _descriptor = -1;
    private int _slot;
    private int _expected;
    private long _turn;
    private int _turnsInRow;
    private bool _isConnected;
    private bool _isShared;
    private bool _isBurst;
    private bool _hasRoom;

    private DatagramSocket(Worker worker, IDatagramHandler handler)
    {
        _worker = worker;
        Handler = handler;
    }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => _descriptor >= 0;

    /// <summary>What the kernel calls it, in every process that has it; 0: it cannot be told, or it is closed.</summary>
    public ulong Cookie => _descriptor < 0 ? 0 : Socket.Cookie(_descriptor);

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

    /// <summary>Takes a socket that another process has connected. Both may receive from it, and each datagram comes to one of
    /// them.</summary>
    /// <param name="descriptor">It, which belongs to this one from here on.</param>
    /// <returns>0, or a negative error number, and the descriptor is still the caller's.</returns>
    public int Adopt(int descriptor)
    {
        int result = Watch(descriptor, isConnected: true);
        if (result == 0)
        {
            Share();
        }

        return result;
    }

    /// <summary>Makes a second descriptor of it, for another process.</summary>
    /// <returns>The descriptor, which belongs to the caller, or a negative error number.</returns>
    public int Duplicate()
    {
        int copy = _descriptor < 0 ? -Errno.EBADF : Errno.Of(Libc.fcntl(_descriptor, F_DUPFD_CLOEXEC, 0));
        if (copy >= 0)
        {
            Share();
        }

        return copy;
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

        if (!_isConnected)
        {
            return batch.Receive(_descriptor, DatagramBatch.Capacity, isConnected: false);
        }

        // Most get one answer at a time: with room for a second one the call would look for it.
        NoteTurn();
        if (!_isBurst)
        {
            return batch.ReceiveOne(_descriptor);
        }

        int received = batch.Receive(_descriptor, _expected, isConnected: true);
        _expected = received == _expected ? Math.Min(received * 2, DatagramBatch.Capacity) : Math.Max(received, 1);
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
            if (_isConnected && !_isShared)
            {
                _worker.Poller.Unwatch(_slot);
            }
            else
            {
                Hold();
            }

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
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="isHeld">Whether nothing is received before <see cref="Resume"/>.</param>
    /// <returns>0, or a negative error number: the descriptor is still the caller's then.</returns>
    internal int Take(int descriptor, bool isHeld)
    {
        if (!isHeld)
        {
            return Watch(descriptor, isConnected: false);
        }

        _descriptor = descriptor;
        _slot = -1;
        return 0;
    }

    /// <summary>Leaves what comes in the kernel. By a call of its own: closing a socket that another process has as
    /// well leaves it in epoll.</summary>
    internal void Hold()
    {
        if (_descriptor >= 0 && _slot >= 0)
        {
            _worker.Poller.Unwatch(_slot, _descriptor);
            _slot = -1;
        }
    }

    /// <summary>Receives again, or for the first time. Where the system does not let it, the other workers' sockets get what
    /// comes.</summary>
    internal void Resume()
    {
        if (_descriptor >= 0 && _slot < 0 && Watch(_descriptor, isConnected: false) < 0)
        {
            int descriptor = _descriptor;
            _descriptor = -1;
            Socket.Close(descriptor);
            Handler.OnEnded(this);
        }
    }

    internal static void SetReceiveBuffer(int descriptor, int bytes)
    {
        // Past the system's bound (net.core.rmem_max) only with CAP_NET_ADMIN.
        if (Socket.SetOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0)
        {
            Socket.SetOption(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
        }
    }

    /// <summary>From here on another process has it, too: it may have the kernel join datagrams, of which this one has to expect several
    /// then.</summary>
    private void Share()
    {
        _isShared = true;
        ExpectSeveral();
    }

    private void ExpectSeveral()
    {
        if (!_isBurst)
        {
            _isBurst = true;
            _expected = BurstTurns;
            Segmentation.Enable(_descriptor);
        }
    }

    /// <summary>Finds out that more than one datagram comes at a time, and what is there is then taken at once.</summary>
    private void NoteTurn()
    {
        _turnsInRow = _worker.Turn - _turn <= 1 ? _turnsInRow + 1 : 0;
        _turn = _worker.Turn;
        if (_turnsInRow == BurstTurns && !_hasRoom)
        {
            _hasRoom = true;
            ExpectSeveral();
            SetReceiveBuffer(_descriptor, BurstBytes);
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
        _isShared = false;
        _turn = _worker.Turn;
        _turnsInRow = 0;
        _isBurst = false;
        _hasRoom = false;
        return 0;
    }
}
