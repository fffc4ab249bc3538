using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Links;

/// <summary>Writes a message of rtnetlink.</summary>
/// <param name="memory">Where to: zeroed, and long enough for all that is added.</param>
internal ref struct NetlinkRequest(Span<byte> memory)
{
    /// <summary>More than any request here takes.</summary>
    internal const int MaxLength = 256;

    private readonly Span<byte> _memory = memory;
    private int _length;

    /// <summary>Begins with the body's head.</summary>
    internal void Begin<T>(int type, int flags, in T body)
        where T : unmanaged
    {
        MemoryMarshal.Write(_memory, new NetlinkHeader { Type = (ushort)type, Flags = (ushort)flags });
        int head = NetlinkMessages.SizeOf<NetlinkHeader>();
        MemoryMarshal.Write(_memory[head..], body);
        _length = head + NetlinkMessages.SizeOf<T>();
    }

    internal void Add(int type, scoped ReadOnlySpan<byte> value)
    {
        int head = NetlinkMessages.SizeOf<RouteAttribute>();
        int at = NetlinkMessages.Aligned(_length);
        MemoryMarshal.Write(_memory[at..], new RouteAttribute { Type = (ushort)type, Length = (ushort)(head + value.Length) });
        value.CopyTo(_memory[(at + head)..]);
        _length = at + head + value.Length;
    }

    internal void Add<T>(int type, scoped in T value)
        where T : unmanaged => Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    internal void Add(int type, in LinkAddress address)
    {
        Span<byte> bytes = stackalloc byte[LinkAddress.MaxLength];
        Add(type, bytes[..address.WriteTo(bytes)]);
    }

    /// <summary>The whole message.</summary>
    internal readonly ReadOnlySpan<byte> Finish(uint sequence)
    {
        ref NetlinkHeader header = ref MemoryMarshal.AsRef<NetlinkHeader>(_memory);
        header.Length = (uint)_length;
        header.Sequence = sequence;
        return _memory[.._length];
    }
}
