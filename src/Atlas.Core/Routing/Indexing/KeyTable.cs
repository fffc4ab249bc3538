using System.Buffers.Binary;
using System.Numerics;

namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// A set of byte strings, each with its place in the order in which they were given. Open addressing with linear probing at
/// a load of at most a half; immutable. The keys come from the configuration, so that a client cannot make them collide.
/// </summary>
internal sealed class KeyTable
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 divided by the golden ratio (Knuth, volume 3, 6.4).

    /// <summary>The table without keys.</summary>
    public static readonly KeyTable Empty = new([]);

    private readonly byte[][] _keys;

    // The place of a key plus 1, or 0 where there is none; and the high half of its hash.
    private readonly int[] _slots;
    private readonly uint[] _hashes;
    private readonly bool[] _hasLength;

    /// <summary>A table of different keys.</summary>
    public KeyTable(byte[][] keys)
    {
        _keys = keys;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)(keys.Length * 2) + 1);
        _slots = new int[capacity];
        _hashes = new uint[capacity];
        _hasLength = new bool[keys.Length == 0 ? 0 : keys.Max(key => key.Length) + 1];
        for (int i = 0; i < keys.Length; i++)
        {
            _hasLength[keys[i].Length] = true;
            ulong hash = Hash(keys[i]);
            int slot = (int)hash & (capacity - 1);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (capacity - 1);
            }

            _slots[slot] = i + 1;
            _hashes[slot] = (uint)(hash >> 32);
        }
    }

    /// <summary>The length of the longest key; -1 if there is none.</summary>
    public int MaxLength => _hasLength.Length - 1;

    /// <summary>Whether a key has this length, so that only then a text need be cut and hashed.</summary>
    public bool HasLength(int length) => (uint)length < (uint)_hasLength.Length && _hasLength[length];

    /// <summary>The place of a key, or -1. O(length).</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        if (!HasLength(key.Length))
        {
            return -1;
        }

        ulong hash = Hash(key);
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_hashes[slot] == (uint)(hash >> 32) && key.SequenceEqual(_keys[_slots[slot] - 1]))
            {
                return _slots[slot] - 1;
            }
        }

        return -1;
    }

    // Eight bytes a step: a multiplication moves differences up, and a shift brings them down again.
    private static ulong Hash(ReadOnlySpan<byte> key)
    {
        ulong hash = (ulong)key.Length * Multiplier;
        while (key.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
            key = key[sizeof(ulong)..];
        }

        ulong last = 0;
        foreach (byte next in key)
        {
            last = (last << 8) | next;
        }

        return Mix(hash ^ last);
    }

    private static ulong Mix(ulong value)
    {
        value *= Multiplier;
        value ^= value >> 32;
        value *= Multiplier;
        return value ^ (value >> 29);
    }
}
