using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Hpack;

/// <summary>A field of the dynamic table or of a decoded block: the name, and the value behind it.</summary>
/// <param name="start">Where the name begins in the table's ring or the list's text.</param>
/// <param name="nameLength">Bytes of the name.</param>
/// <param name="valueLength">Bytes of the value.</param>
/// <param name="known">The name's meaning.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly struct HpackEntry(int start, int nameLength, int valueLength, KnownHeader known)
{
    /// <summary>What every entry counts beside its bytes (RFC 7541 4.1).</summary>
    public const int Overhead = 32;

    public int Start { get; } = start;

    public int NameLength { get; } = nameLength;

    public int ValueLength { get; } = valueLength;

    public KnownHeader Known { get; } = known;

    /// <summary>Bytes of the name and the value.</summary>
    public int Length => NameLength + ValueLength;

    /// <summary>What it counts.</summary>
    public int Size => Length + Overhead;
}
