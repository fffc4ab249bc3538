using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Datagrams;

/// <summary>Room for as many datagrams as one call receives, in native memory: a slot for each, of which only the pages are there
/// that were written. What a slot holds stays until <see cref="Clear"/>, so that it may be sent on from where it lies. Belongs to
/// one loop; used on its thread only.</summary>
public sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Slots: the call's own cost is then a small part of what each datagram costs the kernel, and a turn of the loop
    /// stays short.</summary>
    public const int Capacity = 64;

    /// <summary>Bytes of a slot: more than any datagram has, so that none is cut, and what the kernel joins of several
    /// fits.</summary>
    public const int SlotLength = 64 * 1024;

    // Slots do not begin at multiples of a power of two: their first lines would share one set of the cache.
    private const int Stride = SlotLength + 320;

    // IP_PKTINFO or IPV6_PKTINFO, and UDP_GRO.
    private const int ControlLength = 96;

    private readonly int _slotLength;
    private readonly byte* _payloads;
    private readonly MultiMessageHeader* _messages;
    private readonly IoVector* _vectors;
    private readonly byte* _addresses;
    private readonly byte* _controls;
    private bool _disposed;

    /// <summary>An empty batch.</summary>
    public DatagramBatch()
        : this(SlotLength)
    {
    }

    /// <summary>An empty batch whose datagrams are cut at a length.</summary>
    internal DatagramBatch(int slotLength)
    {
        _slotLength = slotLength;
        _payloads = (byte*)NativeMemory.Alloc(Capacity, Stride);
        _messages = Allocate<MultiMessageHeader>();
        _vectors = Allocate<IoVector>();
        _addresses = (byte*)NativeMemory.AllocZeroed(Capacity, DatagramAddress.MaxLength);
        _controls = (byte*)NativeMemory.AllocZeroed(Capacity, ControlLength);
        for (int i = 0; i < Capacity; i++)
        {
            _vectors[i] = new IoVector { Base = PayloadOf(i), Length = (nuint)slotLength };
        }
    }

    /// <summary>How many slots hold a datagram, or several that the kernel joined.</summary>
    public int Count { get; private set; }

    /// <summary>How many more it takes.</summary>
    public int Room => Capacity - Count;

    /// <summary>What a slot holds. Lent until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> PayloadAt(int slot) => new(PayloadOf(slot), LengthAt(slot));

    /// <summary>The bytes that a slot holds.</summary>
    public int LengthAt(int slot) => (int)_messages[Checked(slot)].Length;

    /// <summary>Whether the datagram was longer than its slot, or its ancillary data than the room for it: what is there is not
    /// all of it.</summary>
    public bool IsCut(int slot) => (_messages[Checked(slot)].Message.Flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;

    /// <summary>Whom it came from; none where the socket is connected.</summary>
    public DatagramAddress SourceOf(int slot) =>
        _messages[Checked(slot)].Message.NameLength == 0 ? default : DatagramAddress.Read(AddressOf(slot));

    /// <summary>The length of each of the datagrams that the kernel joined, of which the last may be shorter; 0: it is
    /// one.</summary>
    public int SegmentAt(int slot) => FindControl(slot, IPPROTO_UDP, UDP_GRO) is var data && data is null ? 0 : SegmentOf(slot, data);

    /// <summary>How many datagrams a slot holds.</summary>
    public int DatagramsAt(int slot) => SegmentAt(slot) is int segment and > 0 ? (LengthAt(slot) + segment - 1) / segment : 1;

    /// <summary>The address of this host that it was sent to, without a port; none where the socket does not ask for
    /// it.</summary>
    public DatagramAddress AskedOf(int slot)
    {
        byte* data = FindControl(slot, IPPROTO_IP, IP_PKTINFO);
        if (data is not null)
        {
            return DatagramAddress.OfLocal(((PacketAddress*)data)->Local);
        }

        // A group is no address to answer from: then the kernel chooses.
        data = FindControl(slot, IPPROTO_IPV6, IPV6_PKTINFO);
        return data is null || data[0] == 0xFF ? default : DatagramAddress.OfLocal(data, ((PacketAddress6*)data)->Interface);
    }

    /// <summary>Forgets what it holds.</summary>
    public void Clear() => Count = 0;

    /// <summary>Frees the memory. Idempotent.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Count = 0;
            NativeMemory.Free(_payloads);
            NativeMemory.Free(_messages);
            NativeMemory.Free(_vectors);
            NativeMemory.Free(_addresses);
            NativeMemory.Free(_controls);
        }
    }

    /// <summary>Receives into free slots.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="most">At most so many, at least 1.</param>
    /// <param name="isConnected">Whether it has one peer only, whose address is then not asked for.</param>
    /// <returns>How many, or a negative error number.</returns>
    internal int Receive(int descriptor, int most, bool isConnected)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        most = Math.Min(most, Room);
        MultiMessageHeader* first = _messages + Count;
        for (int i = 0; i < most; i++)
        {
            int slot = Count + i;
            first[i].Message = new MessageHeader
            {
                Name = isConnected ? null : AddressOf(slot),
                NameLength = isConnected ? 0u : DatagramAddress.MaxLength,
                Vectors = _vectors + slot,
                VectorCount = 1,
                Control = ControlOf(slot),
                ControlLength = ControlLength,
            };
        }

        // The memory is this object's, and the kernel keeps no pointer past the call.
        int received;
        do
        {
            received = Errno.Of(Libc.recvmmsg(descriptor, first, (uint)most, MSG_DONTWAIT, null));
        }
        while (received == -Errno.EINTR);
        Count += Math.Max(received, 0);
        return received;
    }

    /// <summary>Receives one datagram of a socket that is connected and joins nothing: cheaper than <see cref="Receive"/>, since it
    /// has neither addresses nor ancillary data to tell of.</summary>
    /// <returns>1, or a negative error number.</returns>
    internal int ReceiveOne(int descriptor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Room == 0)
        {
            return 0;
        }

        int length = Streams.Socket.Receive(descriptor, new Span<byte>(PayloadOf(Count), _slotLength), MSG_DONTWAIT);
        if (length < 0)
        {
            return length;
        }

        _messages[Count] = new MultiMessageHeader { Length = (uint)length };
        Count++;
        return 1;
    }

    internal byte* PayloadOf(int slot) => _payloads + ((nint)slot * Stride);

    private static T* Allocate<T>()
        where T : unmanaged => (T*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(T));

    private byte* AddressOf(int slot) => _addresses + (slot * DatagramAddress.MaxLength);

    private byte* ControlOf(int slot) => _controls + (slot * ControlLength);

    private int SegmentOf(int slot, byte* data)
    {
        int segment = Unsafe.ReadUnaligned<int>(data);
        return segment < LengthAt(slot) ? segment : 0;
    }

    /// <summary>The data of a piece of ancillary data; null: there is none.</summary>
    private byte* FindControl(int slot, int level, int type)
    {
        byte* at = ControlOf(Checked(slot));
        return ControlHeader.Find(ref at, at + Math.Min(_messages[slot].Message.ControlLength, ControlLength), level, type, out _);
    }

    private int Checked(int slot)
    {
        if ((uint)slot >= (uint)Count)
        {
            ThrowEmpty();
        }

        return slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowEmpty() => throw new ArgumentOutOfRangeException("slot", "The slot holds no datagram.");
}
