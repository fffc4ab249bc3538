using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Links;

/// <summary>Writes several messages of netlink that are sent as one. All have the same number, so that the first error, or the answer to
/// the one message that asks for it, is the answer to all.</summary>
internal sealed class NetlinkBatch
{
    private byte[] _memory = new byte[1_024];
    private int _length;
    private int _last;

    /// <summary>How many bytes it has.</summary>
    internal int Length => _length;

    /// <summary>Begins a message with its body's head.</summary>
    /// <returns>Where it begins.</returns>
    internal int Begin<T>(int type, int flags, in T body)
        where T : unmanaged
    {
        EndLast();
        _last = _length;
        NetlinkHeader header = new() { Type = (ushort)type, Flags = (ushort)flags };
        MemoryMarshal.Write(Take(NetlinkMessages.SizeOf<NetlinkHeader>()), header);
        MemoryMarshal.Write(Take(NetlinkMessages.SizeOf<T>()), body);
        return _last;
    }

    /// <summary>Adds flags to a message's.</summary>
    internal void Mark(int message, int flags) => HeaderAt(message).Flags |= (ushort)flags;

    internal void Add(int type, scoped ReadOnlySpan<byte> value)
    {
        int head = NetlinkMessages.SizeOf<RouteAttribute>();
        Span<byte> room = Take(head + value.Length);
        MemoryMarshal.Write(room, new RouteAttribute { Type = (ushort)type, Length = (ushort)(head + value.Length) });
        value.CopyTo(room[head..]);
    }

    /// <summary>Begins an attribute that has attributes.</summary>
    /// <returns>Where it begins, for <see cref="Close"/>.</returns>
    internal int Open(int type)
    {
        int at = _length;
        Add(type | FilterConstants.NLA_F_NESTED, default);
        return at;
    }

    /// <summary>Ends it.</summary>
    internal void Close(int attribute) =>
        MemoryMarshal.AsRef<RouteAttribute>(_memory.AsSpan(attribute)).Length = checked((ushort)(_length - attribute));

    /// <summary>All messages.</summary>
    internal ReadOnlySpan<byte> Finish(uint sequence)
    {
        EndLast();
        for (int at = 0; at < _length;)
        {
            ref NetlinkHeader header = ref HeaderAt(at);
            header.Sequence = sequence;
            at += (int)header.Length;
        }

        return _memory.AsSpan(0, _length);
    }

    private ref NetlinkHeader HeaderAt(int message) => ref MemoryMarshal.AsRef<NetlinkHeader>(_memory.AsSpan(message));

    // With what fills up to the next message, which is zero.
    private void EndLast()
    {
        if (_length > 0)
        {
            HeaderAt(_last).Length = (uint)(_length - _last);
        }
    }

    private Span<byte> Take(int length)
    {
        int at = _length;
        _length += NetlinkMessages.Aligned(length);
        if (_length > _memory.Length)
        {
            Array.Resize(ref _memory, Math.Max(2 * _memory.Length, _length));
        }

        return _memory.AsSpan(at, length);
    }
}
