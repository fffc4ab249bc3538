using System.Runtime.CompilerServices;

namespace Atlas.Protocols.Hpack;

/// <summary>
/// The dynamic table (RFC 7541 2.3.2 and 4): a ring of bytes and a ring of entries. Both double until the largest content
/// has room, at the most to what the table's limit allows, and are kept.
/// </summary>
/// <param name="limit">The most that <see cref="MaxSize"/> may be set to.</param>
/// <param name="isSearched">Whether entries are looked for, as an encoder does.</param>
internal sealed class HpackDynamicTable(int limit, bool isSearched = false)
{
    private const int FirstBytes = 512;
    private const int FirstEntries = 16;

    private HpackEntry[] _entries = [];
    private byte[] _bytes = [];

    // Beside the entries, where they are looked for: a hash of the name and one of name and value; 0 where no entry is.
    private uint[] _nameHashes = [];
    private uint[] _fieldHashes = [];

    // The slot of the next entry and the place of its first byte; both grow without end and are used modulo the ring.
    private uint _nextSlot;
    private uint _nextByte;

    /// <summary>The number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>What the entries count together.</summary>
    public int Size { get; private set; }

    /// <summary>The most that the entries may count.</summary>
    public int MaxSize { get; private set; } = limit;

    /// <summary>An entry.</summary>
    /// <param name="age">0 for the newest, below <see cref="Count"/>.</param>
    public ref readonly HpackEntry this[int age] => ref _entries[SlotOf(age)];

    /// <summary>Sets the maximum; older entries go until the rest fits.</summary>
    /// <param name="size">0 to the limit.</param>
    public void Resize(int size)
    {
        MaxSize = size;
        Evict(size);
    }

    /// <summary>Adds an entry; older ones go until it fits. What does not fit into the empty table empties it.</summary>
    /// <param name="name">The name; must not lie in this table, for that place may be given away.</param>
    /// <param name="value">The value; likewise.</param>
    /// <param name="known">The name's meaning.</param>
    /// <returns>Whether the entry is in the table.</returns>
    public bool Insert(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Http.KnownHeader known)
    {
        long size = (long)name.Length + value.Length + HpackEntry.Overhead;
        if (size > MaxSize)
        {
            Evict(0);
            return false;
        }

        Evict(MaxSize - (int)size);
        Reserve(name.Length + value.Length);
        var entry = new HpackEntry((int)(_nextByte & (uint)(_bytes.Length - 1)), name.Length, value.Length, known);
        CopyIn(name, entry.Start);
        CopyIn(value, entry.Start + name.Length);
        uint slot = _nextSlot++ & (uint)(_entries.Length - 1);
        _entries[slot] = entry;
        if (isSearched)
        {
            _nameHashes[slot] = HpackHash.Of(name);
            _fieldHashes[slot] = HpackHash.Of(name, value);
        }

        _nextByte += (uint)entry.Length;
        Count++;
        Size += (int)size;
        return true;
    }

    /// <summary>Looks for an entry. O(entries), eight hashes a step.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>The age of an entry with both, or -1.</returns>
    public int IndexOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        uint hash = HpackHash.Of(name, value);
        int slot = -1;
        while ((slot = Next(_fieldHashes, slot, hash)) >= 0)
        {
            ref readonly HpackEntry entry = ref _entries[slot];
            if (HasName(entry, name) && HasValue(entry, value))
            {
                return AgeOf(slot);
            }
        }

        return -1;
    }

    /// <summary>Looks for an entry. O(entries), eight hashes a step.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The age of an entry with this name, or -1.</returns>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        uint hash = HpackHash.Of(name);
        int slot = -1;
        while ((slot = Next(_nameHashes, slot, hash)) >= 0)
        {
            if (HasName(_entries[slot], name))
            {
                return AgeOf(slot);
            }
        }

        return -1;
    }

    /// <summary>Copies the name and the value of an entry, one behind the other.</summary>
    public void CopyTo(in HpackEntry entry, Span<byte> destination) => CopyOut(entry.Start, destination[..entry.Length]);

    /// <summary>Copies the name of an entry.</summary>
    public void CopyNameTo(in HpackEntry entry, Span<byte> destination) => CopyOut(entry.Start, destination[..entry.NameLength]);

    /// <summary>Whether an entry has this name.</summary>
    public bool HasName(in HpackEntry entry, ReadOnlySpan<byte> name) =>
        entry.NameLength == name.Length && IsAt(entry.Start, name);

    /// <summary>Whether an entry has this value.</summary>
    public bool HasValue(in HpackEntry entry, ReadOnlySpan<byte> value) =>
        entry.ValueLength == value.Length && IsAt(entry.Start + entry.NameLength, value);

    private static int Next(uint[] hashes, int slot, uint hash)
    {
        int next = hashes.AsSpan(slot + 1).IndexOf(hash);
        return next < 0 ? -1 : slot + 1 + next;
    }

    private int AgeOf(int slot) => (int)((_nextSlot - 1 - (uint)slot) & (uint)(_entries.Length - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(int age) => (int)((_nextSlot - 1 - (uint)age) & (uint)(_entries.Length - 1));

    private void Evict(int size)
    {
        while (Size > size)
        {
            int slot = SlotOf(Count - 1);
            Size -= _entries[slot].Size;
            Count--;
            if (isSearched)
            {
                _nameHashes[slot] = 0;
                _fieldHashes[slot] = 0;
            }
        }
    }

    private void Reserve(int length)
    {
        if (Count == _entries.Length)
        {
            GrowEntries();
        }

        int used = Size - (Count * HpackEntry.Overhead);
        if (used + length > _bytes.Length)
        {
            GrowBytes(used, used + length);
        }
    }

    private void GrowEntries()
    {
        int length = Math.Max(FirstEntries, _entries.Length * 2);
        if (isSearched)
        {
            _nameHashes = Unrolled(_nameHashes, length);
            _fieldHashes = Unrolled(_fieldHashes, length);
        }

        _entries = Unrolled(_entries, length);
        _nextSlot = (uint)Count;
    }

    // A longer ring with what is beside the entries, the oldest first.
    private T[] Unrolled<T>(T[] ring, int length)
    {
        var grown = new T[length];
        for (int age = 0; age < Count; age++)
        {
            grown[Count - 1 - age] = ring[SlotOf(age)];
        }

        return grown;
    }

    // The content goes to the start of the new ring, oldest first, as it lies in the old one.
    private void GrowBytes(int used, int needed)
    {
        int length = Math.Max(FirstBytes, _bytes.Length);
        while (length < needed)
        {
            length *= 2;
        }

        byte[] grown = new byte[length];
        int place = used;
        for (int age = 0; age < Count; age++)
        {
            HpackEntry entry = this[age];
            place -= entry.Length;
            CopyOut(entry.Start, grown.AsSpan(place, entry.Length));
            _entries[SlotOf(age)] = new HpackEntry(place, entry.NameLength, entry.ValueLength, entry.Known);
        }

        _bytes = grown;
        _nextByte = (uint)used;
    }

    private void CopyIn(ReadOnlySpan<byte> source, int start)
    {
        start &= _bytes.Length - 1;
        int first = Math.Min(source.Length, _bytes.Length - start);
        source[..first].CopyTo(_bytes.AsSpan(start));
        source[first..].CopyTo(_bytes);
    }

    private void CopyOut(int start, Span<byte> destination)
    {
        int first = Math.Min(destination.Length, _bytes.Length - start);
        _bytes.AsSpan(start, first).CopyTo(destination);
        _bytes.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    private bool IsAt(int start, ReadOnlySpan<byte> text)
    {
        start &= _bytes.Length - 1;
        int first = Math.Min(text.Length, _bytes.Length - start);
        return text[..first].SequenceEqual(_bytes.AsSpan(start, first)) && text[first..].SequenceEqual(_bytes.AsSpan(0, text.Length - first));
    }
}
