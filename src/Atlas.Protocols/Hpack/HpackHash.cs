using System.Buffers.Binary;
using System.Numerics;

namespace Atlas.Protocols.Hpack;

/// <summary>
/// The hashes by which an encoder finds entries of its table. They are not keyed: a peer that has entries collide costs as
/// many comparisons as the table has entries, 128 at the most.
/// </summary>
internal static class HpackHash
{
    private const ulong Factor = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The hash of a name; never 0.</summary>
    public static uint Of(ReadOnlySpan<byte> name) => Finish(Mix(0, name));

    /// <summary>The hash of a name and a value; never 0.</summary>
    public static uint Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Finish(Mix(Mix(0, name), value));

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> text)
    {
        hash += (ulong)text.Length;
        while (text.Length >= sizeof(ulong))
        {
            hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(text));
            text = text[sizeof(ulong)..];
        }

        // The four first and the four last, which may be the same in part; together with the length they tell all texts apart.
        ulong rest = 0;
        if (text.Length >= sizeof(uint))
        {
            rest = BinaryPrimitives.ReadUInt32LittleEndian(text)
                | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^sizeof(uint)..]) << 32);
        }
        else
        {
            foreach (byte next in text)
            {
                rest = (rest << 8) | next;
            }
        }

        return Step(hash, rest);
    }

    private static ulong Step(ulong hash, ulong word) => BitOperations.RotateLeft((hash ^ word) * Factor, 29);

    private static uint Finish(ulong hash)
    {
        uint folded = (uint)((hash * Factor) >> 32);
        return folded == 0 ? 1 : folded;
    }
}
