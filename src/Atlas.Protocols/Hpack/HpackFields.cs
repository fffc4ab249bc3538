using Atlas.Protocols.Http;

namespace Atlas.Protocols.Hpack;

/// <summary>
/// The fields of one decoded header block in the order in which they came. It is reused: its memory doubles until the largest
/// block has room, at the most to the limit, and is kept.
/// </summary>
/// <param name="maxBytes">
/// The most that the fields may count together: their bytes and 32 for each (RFC 9113 6.5.2, MAX_HEADER_LIST_SIZE).
/// </param>
/// <param name="maxCount">
/// The most fields. Those named <c>cookie</c> count as one, as they become one when they are put together again.
/// </param>
public sealed class HpackFields(int maxBytes = HpackFields.DefaultBytes, int maxCount = HpackFields.DefaultCount)
{
    /// <summary>64 KiB, as in HTTP/1.1.</summary>
    public const int DefaultBytes = 65536;

    /// <summary>128, as in HTTP/1.1.</summary>
    public const int DefaultCount = 128;

    // What a block may refer to, as a multiple of the limit, before it is no head any more but a bomb: a byte of it can stand for an
    // entry of the whole table, or for its name. Literals count for nothing here, as they come byte by byte.
    private const int BombFactor = 4;

    private const int FirstBytes = 1024;
    private const int FirstEntries = 32;

    private HpackEntry[] _entries = new HpackEntry[FirstEntries];
    private byte[] _text = new byte[FirstBytes];
    private int _used;
    private int _countedFields;
    private bool _hasCookie;
    private long _referred;

    /// <summary>The number of fields.</summary>
    public int Count { get; private set; }

    /// <summary>What the fields count together, as far as they were taken.</summary>
    public int Size { get; private set; }

    /// <summary>Whether the block went over a limit. The fields are then those before the one that did.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Whether the block refers to so much that the rest of it is not worth reading.</summary>
    internal bool IsBomb => _referred > (long)maxBytes * BombFactor;

    /// <summary>The bytes of memory that it holds.</summary>
    internal int Memory => _text.Length;

    /// <summary>The name of a field; lent until the next block.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> Name(int index)
    {
        ref readonly HpackEntry entry = ref At(index);
        return _text.AsSpan(entry.Start, entry.NameLength);
    }

    /// <summary>The value of a field; lent until the next block.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> Value(int index)
    {
        ref readonly HpackEntry entry = ref At(index);
        return _text.AsSpan(entry.Start + entry.NameLength, entry.ValueLength);
    }

    /// <summary>
    /// The meaning of a field's name, without regard to its case; <see cref="KnownHeader.None"/> if it has none that is known,
    /// or is a pseudo-header field.
    /// </summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public KnownHeader Known(int index) => At(index).Known;

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        Size = 0;
        IsTooLarge = false;
        _used = 0;
        _countedFields = 0;
        _hasCookie = false;
        _referred = 0;
    }

    /// <summary>
    /// Room behind the fields, for a name and a value behind it. It is as long as asked for, or else long enough for all that
    /// may still be added and for an entry that fills the dynamic table.
    /// </summary>
    /// <param name="length">Bytes that are wanted.</param>
    internal Span<byte> Room(long length)
    {
        long capacity = (long)maxBytes + HpackDecoder.TableLimit;
        int needed = (int)Math.Min(_used + length, capacity);
        if (needed > _text.Length)
        {
            int grown = (int)Math.Min(Math.Max(_text.Length * 2L, needed), capacity);
            Array.Resize(ref _text, grown);
        }

        return _text.AsSpan(_used);
    }

    /// <summary>Takes what was written into the room as a field, unless that goes over a limit.</summary>
    /// <param name="nameLength">Bytes of the name.</param>
    /// <param name="valueLength">Bytes of the value.</param>
    /// <param name="known">The name's meaning.</param>
    internal void Commit(int nameLength, int valueLength, KnownHeader known)
    {
        if (!Fits(nameLength, valueLength, known))
        {
            return;
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        _entries[Count++] = new HpackEntry(_used, nameLength, valueLength, known);
        _used += nameLength + valueLength;
        Size += nameLength + valueLength + HpackEntry.Overhead;
        if (known != KnownHeader.Cookie || !_hasCookie)
        {
            _countedFields++;
        }

        _hasCookie |= known == KnownHeader.Cookie;
    }

    /// <summary>Counts a field that the block refers to, whether or not it fits.</summary>
    internal void Refer(int nameLength, int valueLength) => _referred += (long)nameLength + valueLength + HpackEntry.Overhead;

    /// <summary>Whether one more such field stays within the limits; if not, it is noted, and no other one does.</summary>
    internal bool Fits(int nameLength, int valueLength, KnownHeader known)
    {
        bool isCounted = known != KnownHeader.Cookie || !_hasCookie;
        IsTooLarge |= (long)Size + nameLength + valueLength + HpackEntry.Overhead > maxBytes
            || (isCounted && _countedFields >= maxCount);
        return !IsTooLarge;
    }

    private ref readonly HpackEntry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return ref _entries[index];
    }
}
