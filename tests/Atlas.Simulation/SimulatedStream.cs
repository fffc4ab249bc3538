using Atlas.Engine.Interop;
using Atlas.Engine.Streams;

namespace Atlas.Simulation;

/// <summary>One end of a simulated connection, behaving as a TCP socket of Linux does: bytes that arrived before a reset can
/// still be received, closing with unread bytes resets the connection, and bytes to a closed end are answered with a
/// reset.</summary>
public sealed class SimulatedStream : ByteStream
{
    private readonly SimulatedPipe _incoming;
    private readonly SimulatedPipe _outgoing;
    private readonly SimulatedWorld _world;
    private bool _sendEnded;
    private bool _resetAnswered;
    private bool _waitsForRoom;

    internal SimulatedStream(SimulatedLoop loop, SimulatedPipe incoming, SimulatedPipe outgoing)
        : base(loop)
    {
        _world = loop.World;
        _incoming = incoming;
        _outgoing = outgoing;
        incoming.Receiver = this;
        outgoing.Sender = this;
    }

    /// <inheritdoc/>
    public override SocketAddress? LocalAddress => AcceptedOn;

    /// <inheritdoc/>
    public override int Undelivered => IsClosed ? 0 : _outgoing.Flying;

    /// <summary>Bytes received so far.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Bytes sent so far.</summary>
    public long SentBytes { get; private set; }

    /// <summary>The address that it was accepted on; null on the other end.</summary>
    internal SocketAddress? AcceptedOn { get; set; }

    /// <summary>Cuts the cable: nothing moves in either direction from now on, and neither end is told.</summary>
    public void Cut()
    {
        _incoming.IsCut = true;
        _outgoing.IsCut = true;
    }

    /// <inheritdoc/>
    public override int TryReceive(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            throw _world.Failure("a receive into an empty buffer can't be told from the end of the stream");
        }

        if (IsClosed)
        {
            return -Errno.ECONNRESET;
        }

        if (_incoming.Arrived == 0)
        {
            return NothingArrived();
        }

        int count = _incoming.Receive(buffer);
        ReceivedBytes += count;
        if (_incoming.Arrived == 0)
        {
            ReceiveDrained(foundNothing: false);
        }

        _incoming.Sender.OnRoom();
        return count;
    }

    /// <inheritdoc/>
    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed || _sendEnded)
        {
            return -Errno.EPIPE;
        }

        if (_incoming.ResetArrived)
        {
            return _incoming.EndArrived ? -Errno.EPIPE : -Errno.ECONNRESET;
        }

        int count = _world.Cut(Math.Min(bytes.Length, _outgoing.Room));
        if (count < bytes.Length)
        {
            SendFilled();
            _waitsForRoom = true;
            if (_outgoing.Room > count)
            {
                // The split was the seed's will: there is room, and the stream says so a little later.
                _world.After(_world.Delay(), OnRoomArrived);
            }
        }

        if (count == 0)
        {
            return bytes.IsEmpty ? 0 : WouldBlock;
        }

        SentBytes += count;
        _outgoing.Send(bytes[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        // One call, one transfer: a cut may fall anywhere in the two.
        byte[] both = new byte[first.Length + second.Length];
        first.CopyTo(both);
        second.CopyTo(both.AsSpan(first.Length));
        return TrySend(both);
    }

    /// <inheritdoc/>
    public override int Peek() =>
        IsClosed ? -Errno.ECONNRESET
        : _incoming.Arrived > 0 ? 1
        : _incoming.EndArrived ? 0
        : _incoming.ResetArrived ? -Errno.ECONNRESET
        : WouldBlock;

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (!IsClosed && !_sendEnded)
        {
            _sendEnded = true;
            _outgoing.SendEnd();
        }
    }

    /// <inheritdoc/>
    protected override void CloseCore(bool abort)
    {
        if (_incoming.ResetArrived)
        {
            return;
        }

        if (abort)
        {
            _outgoing.SendReset(loseFlying: true);
        }
        else if (_incoming.Arrived > 0)
        {
            _outgoing.SendReset(loseFlying: false);
        }
        else
        {
            _outgoing.SendEnd();
        }
    }

    internal void OnArrived()
    {
        if (!IsClosed)
        {
            SignalReceive();
        }
    }

    internal void OnPeerEnded(bool reset)
    {
        if (reset)
        {
            NoteBroken();
        }

        if (!IsClosed)
        {
            SignalPeerClosed(reset);
        }
    }

    /// <summary>The peer took bytes: room is announced a little later.</summary>
    internal void OnRoom()
    {
        if (_waitsForRoom)
        {
            _world.After(_world.Delay(), OnRoomArrived);
        }
    }

    /// <summary>Bytes came to this end after its close.</summary>
    internal void AnswerWithReset()
    {
        if (!_resetAnswered)
        {
            _resetAnswered = true;
            _outgoing.SendReset(loseFlying: false);
        }
    }

    private int NothingArrived()
    {
        if (_incoming.EndArrived || _incoming.ResetArrived)
        {
            ReceiveEnded();
            return _incoming.EndArrived ? 0 : -Errno.ECONNRESET;
        }

        ReceiveDrained(foundNothing: true);
        return WouldBlock;
    }

    private void OnRoomArrived()
    {
        if (!IsClosed && _waitsForRoom && _outgoing.Room > 0 && !_outgoing.IsCut)
        {
            _waitsForRoom = false;
            SignalSend();
        }
    }
}
