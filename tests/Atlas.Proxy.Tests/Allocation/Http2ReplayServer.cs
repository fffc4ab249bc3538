using System.Buffers.Binary;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>A server of HTTP/2 that answers each stream that has ended with the same frames, and allocates nothing.</summary>
/// <param name="loop">The loop.</param>
/// <param name="frames">The frames of a response; their stream is written over.</param>
internal sealed class Http2ReplayServer(EventLoop loop, byte[] frames) : ByteStream(loop)
{
    private const int HeaderSize = 9;
    private const int PrefaceSize = 24;
    private const int Settings = 4;
    private const int Data = 0;

    private readonly byte[] _incoming = new byte[1 << 20];
    private readonly byte[] _outgoing = new byte[1 << 20];
    private int _in;
    private int _out;
    private bool _isOpen;

    internal int Answered { get; private set; }

    /// <summary>What it has answered arrives.</summary>
    internal void Offer()
    {
        if (_out > 0)
        {
            SignalReceive();
        }
    }

    public override int TryReceive(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _out);
        _outgoing.AsSpan(0, count).CopyTo(buffer);
        _outgoing.AsSpan(count, _out - count).CopyTo(_outgoing);
        _out -= count;
        if (_out == 0)
        {
            ReceiveDrained(foundNothing: count == 0);
        }

        return count == 0 ? WouldBlock : count;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_incoming.AsSpan(_in));
        _in += bytes.Length;
        int at = _isOpen ? 0 : PrefaceSize;
        if (!_isOpen)
        {
            _isOpen = true;
            Frame(Settings, 0, 0, 0);
        }

        while (_in - at >= HeaderSize && _in - at >= HeaderSize + LengthAt(at))
        {
            Take(_incoming.AsSpan(at, HeaderSize + LengthAt(at)));
            at += HeaderSize + LengthAt(at);
        }

        _incoming.AsSpan(at, _in - at).CopyTo(_incoming);
        _in -= at;
        return bytes.Length;
    }

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => throw new NotSupportedException();

    public override int Peek() => _out > 0 ? 1 : WouldBlock;

    public override void ShutdownSend() => throw new InvalidOperationException("Nobody ends these connections.");

    protected override void CloseCore(bool abort) => throw new InvalidOperationException("Nobody ends these connections.");

    private int LengthAt(int at) => BinaryPrimitives.ReadInt32BigEndian(_incoming.AsSpan(at)) >> 8;

    private void Take(ReadOnlySpan<byte> frame)
    {
        int type = frame[3];
        int stream = BinaryPrimitives.ReadInt32BigEndian(frame[5..]);
        if (type == Settings && (frame[4] & 1) == 0)
        {
            Frame(Settings, 1, 0, 0);
        }
        else if (type == Data && frame.Length > HeaderSize)
        {
            GiveBack(0, frame.Length - HeaderSize);
            if ((frame[4] & 1) == 0)
            {
                GiveBack(stream, frame.Length - HeaderSize);
            }
        }

        if (type is Data or 1 && (frame[4] & 1) != 0)
        {
            Answer(stream);
        }
    }

    private void Answer(int stream)
    {
        Answered++;
        int at = _out;
        frames.CopyTo(_outgoing.AsSpan(_out));
        _out += frames.Length;
        while (at < _out)
        {
            BinaryPrimitives.WriteInt32BigEndian(_outgoing.AsSpan(at + 5), stream);
            at += HeaderSize + (BinaryPrimitives.ReadInt32BigEndian(_outgoing.AsSpan(at)) >> 8);
        }
    }

    private void GiveBack(int stream, int bytes)
    {
        Frame(8, 0, stream, 4);
        BinaryPrimitives.WriteInt32BigEndian(_outgoing.AsSpan(_out - 4), bytes);
    }

    private void Frame(int type, byte flags, int stream, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_outgoing.AsSpan(_out), (length << 8) | type);
        _outgoing[_out + 4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(_outgoing.AsSpan(_out + 5), stream);
        _out += HeaderSize + length;
    }
}
