using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Datagrams;

/// <summary>Datagrams to be sent by one call, from where they lie in a <see cref="DatagramBatch"/>, which must hold them until
/// then. Datagrams of equal length to one address that come after each other leave as one message (UDP_SEGMENT) where the kernel
/// can. Belongs to one loop; used on its thread only.</summary>
public sealed unsafe class DatagramQueue : IDisposable
{
    // UDP_SEGMENT, and IP_PKTINFO or IPV6_PKTINFO.
    private const int ControlLength = 64;

    private readonly MultiMessageHeader* _messages = Allocate<MultiMessageHeader>();
    private readonly IoVector* _vectors = Allocate<IoVector>();
    private readonly byte* _addresses = (byte*)NativeMemory.AllocZeroed(DatagramBatch.Capacity, DatagramAddress.MaxLength);
    private readonly byte* _controls = (byte*)NativeMemory.AllocZeroed(DatagramBatch.Capacity, ControlLength);
    private readonly ushort[] _segments = new ushort[DatagramBatch.Capacity];
    private readonly int[] _bytes = new int[DatagramBatch.Capacity];
    private int _messageCount;
    private DatagramAddress _to;
    private DatagramAddress _from;
    private bool _mayJoin;
    private bool _disposed;

    /// <summary>How many slots were added; at most <see cref="DatagramBatch.Capacity"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Adds what a slot holds, for a connected socket.</summary>
    public void Add(DatagramBatch batch, int slot) => Add(batch, slot, default, default);

    /// <summary>Adds what a slot holds.</summary>
    /// <param name="batch">Where it lies. Not to be cleared before it was sent.</param>
    /// <param name="slot">Which.</param>
    /// <param name="to">Where to; none: the socket is connected.</param>
    /// <param name="from">The address of this host that it leaves from; none: the kernel chooses.</param>
    public void Add(DatagramBatch batch, int slot, in DatagramAddress to, in DatagramAddress from)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Count, DatagramBatch.Capacity);
        int length = batch.LengthAt(slot);
        int segment = batch.SegmentAt(slot);
        IoVector* vector = _vectors + Count++;
        *vector = new IoVector { Base = batch.PayloadOf(slot), Length = (nuint)length };
        if (_mayJoin && segment == 0 && TryJoin(length, to, from))
        {
            return;
        }

        int message = _messageCount++;
        _messages[message].Message = new MessageHeader { Vectors = vector, VectorCount = 1 };
        _segments[message] = (ushort)segment;
        _bytes[message] = length;
        _mayJoin = Segmentation.Sends && segment == 0 && length > 0;
        _to = to;
        _from = from;
        if (!to.IsNone)
        {
            byte* name = _addresses + (message * DatagramAddress.MaxLength);
            _messages[message].Message.Name = name;
            _messages[message].Message.NameLength = to.Write(name);
        }

        if (!from.IsNone)
        {
            WriteSource(message, from);
        }
    }

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        Count = 0;
        _messageCount = 0;
        _mayJoin = false;
    }

    /// <summary>Frees the memory. Idempotent.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Clear();
            NativeMemory.Free(_messages);
            NativeMemory.Free(_vectors);
            NativeMemory.Free(_addresses);
            NativeMemory.Free(_controls);
        }
    }

    /// <summary>Sends all, each at most once, and forgets it. What cannot be sent is lost.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="stopsAtError">Whether an error means the peer of all, so that what is left is lost as well.</param>
    internal SendTally Flush(int descriptor, bool stopsAtError)
    {
        SendTally tally = default;
        for (int i = 0; i < _messageCount; i++)
        {
            if (_segments[i] != 0)
            {
                WriteSegment(i);
            }
        }

        for (int at = 0; at < _messageCount;)
        {
            int sent = Send(descriptor, _messages + at, _messageCount - at);
            for (; sent > 0; sent--)
            {
                tally += new SendTally { Datagrams = DatagramsOf(at), Bytes = _bytes[at] };
                at++;
            }

            if (sent < 0)
            {
                bool isSplit = _segments[at] != 0 && sent is -Errno.EINVAL or -Errno.EMSGSIZE or -Errno.EIO;
                SendTally lost = isSplit ? SendSplit(descriptor, at) : LossOf(sent, DatagramsOf(at));
                tally += lost;
                at++;
                if (sent == -Errno.EAGAIN || (stopsAtError && lost.Failed > 0))
                {
                    for (; at < _messageCount; at++)
                    {
                        tally += LossOf(sent, DatagramsOf(at));
                    }
                }
            }
        }

        Clear();
        return tally;
    }

    private static T* Allocate<T>()
        where T : unmanaged => (T*)NativeMemory.AllocZeroed(DatagramBatch.Capacity, (nuint)sizeof(T));

    private static int Send(int descriptor, MultiMessageHeader* messages, int count)
    {
        int sent;
        do
        {
            sent = Errno.Of(Libc.sendmmsg(descriptor, messages, (uint)count, MSG_NOSIGNAL | MSG_DONTWAIT));
        }
        while (sent == -Errno.EINTR);
        return sent;
    }

    private static SendTally LossOf(int error, int datagrams) => error switch
    {
        -Errno.EAGAIN or -Errno.ENOBUFS => new SendTally { Full = datagrams },
        -Errno.EMSGSIZE => new SendTally { TooLong = datagrams },
        _ => new SendTally { Failed = datagrams, Error = -error },
    };

    private int DatagramsOf(int message) => _segments[message] == 0 ? 1 : (_bytes[message] + _segments[message] - 1) / _segments[message];

    /// <summary>Adds the vector that was just written to the message before it, if a datagram of that length may stand
    /// there.</summary>
    private bool TryJoin(int length, in DatagramAddress to, in DatagramAddress from)
    {
        int message = _messageCount - 1;
        ref MessageHeader header = ref _messages[message].Message;
        int segment = _segments[message] == 0 ? _bytes[message] : _segments[message];
        if (length == 0 || length > segment || _bytes[message] + length > Segmentation.MaxBytes
            || header.VectorCount >= Segmentation.MaxSegments || !to.Equals(_to) || !from.Equals(_from))
        {
            return false;
        }

        header.VectorCount++;
        _segments[message] = (ushort)segment;
        _bytes[message] += length;

        // One that is shorter ends the message.
        _mayJoin = length == segment;
        return true;
    }

    private void WriteSource(int message, in DatagramAddress from)
    {
        byte* control = _controls + (message * ControlLength);
        var header = (ControlHeader*)control;
        byte* data = control + sizeof(ControlHeader);
        bool isIpv6 = from.IsIpv6;
        int length = isIpv6 ? sizeof(PacketInfo6) : sizeof(PacketInfo);
        *header = new ControlHeader
        {
            Length = ControlHeader.LengthOf(length),
            Level = isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP,
            Type = isIpv6 ? IPV6_PKTINFO : IP_PKTINFO,
        };
        if (isIpv6)
        {
            from.WriteIpv6(data);
            ((PacketInfo6*)data)->Interface = from.Scope;
        }
        else
        {
            *(PacketInfo*)data = new PacketInfo { Local = from.Ipv4 };
        }

        _messages[message].Message.Control = control;
        _messages[message].Message.ControlLength = (nuint)ControlHeader.Space(length);
    }

    private void WriteSegment(int message)
    {
        ref MessageHeader header = ref _messages[message].Message;
        header.Control = _controls + (message * ControlLength);
        byte* at = (byte*)header.Control + header.ControlLength;
        *(ControlHeader*)at = new ControlHeader
        {
            Length = ControlHeader.LengthOf(sizeof(ushort)),
            Level = IPPROTO_UDP,
            Type = UDP_SEGMENT,
        };
        Unsafe.WriteUnaligned(at + sizeof(ControlHeader), _segments[message]);
        header.ControlLength += (nuint)ControlHeader.Space(sizeof(ushort));
    }

    /// <summary>Sends the datagrams of one message by themselves: the path takes none of that length, or the device does not
    /// segment.</summary>
    private SendTally SendSplit(int descriptor, int message)
    {
        SendTally tally = default;
        MessageHeader header = _messages[message].Message;
        header.ControlLength -= (nuint)ControlHeader.Space(sizeof(ushort));
        IoVector* vectors = header.Vectors;
        for (nuint i = 0; i < header.VectorCount; i++)
        {
            byte* at = (byte*)vectors[i].Base;
            for (nuint left = vectors[i].Length; left > 0;)
            {
                nuint length = Math.Min(left, _segments[message]);
                var vector = new IoVector { Base = at, Length = length };
                var one = new MultiMessageHeader { Message = header with { Vectors = &vector, VectorCount = 1 } };
                int sent = Send(descriptor, &one, 1);
                tally += sent < 0 ? LossOf(sent, 1) : new SendTally { Datagrams = 1, Bytes = (long)length };
                at += length;
                left -= length;
            }
        }

        return tally;
    }
}
