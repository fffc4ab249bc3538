using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Atlas.Protocols.Http;

/// <summary>
/// Recognizes field names with an open-addressed hash table over length and three of the bytes, filled once from
/// <see cref="KnownHeaders"/>. A name costs one probe (seldom two) and one comparison by words.
/// </summary>
public static class HeaderNames
{
    /// <summary>The length in bytes of the longest known name.</summary>
    public const int MaxLength = 32;

    // Found by trying small odd numbers: with these, 4 of the 99 names meet another one.
    private const uint FirstFactor = 9;
    private const uint MiddleFactor = 29;
    private const uint LastFactor = 19;

    private const int SlotCount = 512;

    // Bit 6 of every byte. Letters have it, hyphens and digits do not.
    private const ulong Bit6 = 0x4040_4040_4040_4040;

    private static readonly byte[] Slots = new byte[SlotCount];
    private static readonly byte[] Lengths = new byte[128];
    private static readonly byte[] LowerNames = new byte[128 * MaxLength];

    static HeaderNames()
    {
        for (int number = 1; number < Lengths.Length; number++)
        {
            ReadOnlySpan<byte> name = ((KnownHeader)number).LowerName();
            if (name.IsEmpty)
            {
                break;
            }

            Lengths[number] = (byte)name.Length;
            name.CopyTo(LowerNames.AsSpan(number * MaxLength));
            uint slot = Hash(name);
            while (Slots[slot % SlotCount] != 0)
            {
                slot++;
            }

            Slots[slot % SlotCount] = (byte)number;
        }
    }

    /// <summary>The known field that has this name in any case; <see cref="KnownHeader.None"/> if there is none.</summary>
    /// <param name="name">Any bytes. What is recognized is a token.</param>
    public static KnownHeader Recognize(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return KnownHeader.None;
        }

        uint slot = Hash(name);
        while (true)
        {
            int number = Slots[slot % SlotCount];
            if (number == 0)
            {
                return KnownHeader.None;
            }

            if (Lengths[number] == name.Length && IsSame(name, LowerNames.AsSpan(number * MaxLength, name.Length)))
            {
                return (KnownHeader)number;
            }

            slot++;
        }
    }

    // Setting bit 5 makes a letter lower-case. What it does to other bytes only lets them meet in a slot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name) =>
        (uint)name.Length
        + (FirstFactor * (name[0] | 0x20u))
        + (MiddleFactor * (name[name.Length / 2] | 0x20u))
        + (LastFactor * (name[^1] | 0x20u));

    // Both have the same length. The last word overlaps the one before it.
    private static bool IsSame(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        int last = name.Length - sizeof(ulong);
        if (last < 0)
        {
            return IsSameShort(name, lower);
        }

        for (int i = 0; i < last; i += sizeof(ulong))
        {
            if (!IsSameWord(name[i..], lower[i..]))
            {
                return false;
            }
        }

        return IsSameWord(name[last..], lower[last..]);
    }

    private static bool IsSameShort(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        for (int i = 0; i < name.Length; i++)
        {
            uint expected = lower[i];
            if ((name[i] | ((expected & 0x40) >> 1)) != expected)
            {
                return false;
            }
        }

        return true;
    }

    // Bit 5 is ignored where a letter is expected. Were it ignored everywhere, CR would pass for a hyphen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSameWord(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        ulong expected = BinaryPrimitives.ReadUInt64LittleEndian(lower);
        ulong caseBits = (expected & Bit6) >> 1;
        return (BinaryPrimitives.ReadUInt64LittleEndian(name) | caseBits) == expected;
    }
}
