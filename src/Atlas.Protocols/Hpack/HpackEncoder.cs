using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Hpack;

/// <summary>
/// Encodes the header blocks of one direction of a connection, in the order in which they are sent. Strings to clients are
/// Huffman-coded where that is shorter; those to servers are not, as their networks have bytes to spare, and coding and decoding
/// cost both sides more than a copy. What goes into the dynamic table is decided by name (<see cref="HpackIndexingRules"/>). Nothing is
/// allocated once the table has grown.
/// </summary>
/// <param name="isShared">
/// Whether messages of several users meet in the table, as on a connection to a server. It then holds only what says nothing
/// about a user, and all other fields are never indexed (RFC 7541 7.1.3).
/// </param>
public sealed class HpackEncoder(bool isShared = false)
{
    /// <summary>The most that the table may count, however much the peer allows.</summary>
    public const int TableLimit = 4096;

    private const byte IndexedPattern = 0x80;
    private const byte InsertPattern = 0x40;
    private const byte ResizePattern = 0x20;
    private const byte NeverPattern = 0x10;

    private readonly HpackDynamicTable _table = new(TableLimit, isSearched: true);
    private byte[] _name = new byte[HeaderNames.MaxLength * 2];

    // What the next block has to say of the table's size: the smallest and the last since the block before; -1 for nothing.
    private int _smallestSize = -1;
    private int _lastSize = -1;

    /// <summary>What the entries of the dynamic table count together.</summary>
    public int TableSize => _table.Size;

    /// <summary>Entries of the dynamic table.</summary>
    public int TableCount => _table.Count;

    /// <summary>The most bytes that a block takes, for any fields.</summary>
    /// <param name="textLength">
    /// The bytes of the names and the values and at least 3 for each field, as many as the head has as text.
    /// </param>
    public static long MaxBlockLength(long textLength) => (2 * HpackInteger.MaxLength) + textLength + (textLength / 32);

    /// <summary>
    /// Takes the peer's SETTINGS_HEADER_TABLE_SIZE. The table keeps to it at once, and the next block says so (RFC 7541 4.2).
    /// </summary>
    /// <param name="size">Any value; <see cref="TableLimit"/> is enough.</param>
    public void LimitTable(uint size)
    {
        int usable = (int)Math.Min(size, TableLimit);
        if (usable == _table.MaxSize)
        {
            return;
        }

        _smallestSize = _smallestSize < 0 ? usable : Math.Min(_smallestSize, usable);
        _lastSize = usable;
        _table.Resize(usable);
    }

    /// <summary>Begins a block: says how long the table may be, if that has changed.</summary>
    /// <param name="destination">At least 10 bytes.</param>
    /// <returns>Bytes written; most often 0.</returns>
    public int BeginBlock(Span<byte> destination)
    {
        if (_lastSize < 0)
        {
            return 0;
        }

        int length = _smallestSize < _lastSize ? HpackInteger.Write(destination, ResizePattern, 5, _smallestSize) : 0;
        length += HpackInteger.Write(destination[length..], ResizePattern, 5, _lastSize);
        _smallestSize = -1;
        _lastSize = -1;
        return length;
    }

    /// <summary>Writes a field, which is not a pseudo-header field.</summary>
    /// <param name="name">A token; upper case is written as lower case.</param>
    /// <param name="value">The value.</param>
    /// <param name="destination">
    /// As long as <see cref="MaxBlockLength"/> says. Too short a one throws, and the table cannot be used any more.
    /// </param>
    /// <returns>Bytes written.</returns>
    public int Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Span<byte> destination) =>
        Write(HeaderNames.Recognize(name), name, value, destination);

    /// <summary>Writes a field whose name is recognized already.</summary>
    /// <param name="known">What <see cref="HeaderNames.Recognize"/> says of the name.</param>
    /// <param name="name">A token; upper case is written as lower case.</param>
    /// <param name="value">The value.</param>
    /// <param name="destination">As long as <see cref="MaxBlockLength"/> says.</param>
    /// <returns>Bytes written.</returns>
    public int Write(KnownHeader known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        HpackIndexing indexing = isShared ? HpackIndexingRules.OfShared(known) : HpackIndexingRules.Of(known, value.Length);
        return Write(HpackStaticTable.IndexOf(known), known, Lower(known, name), value, indexing, destination);
    }

    /// <summary>Writes a pseudo-header field. Paths come and go, the others come again.</summary>
    /// <param name="staticName">The first index of the name in the static table.</param>
    /// <param name="value">The value.</param>
    /// <param name="destination">As for other fields.</param>
    /// <returns>Bytes written.</returns>
    internal int WritePseudo(int staticName, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        HpackIndexing indexing = staticName == HpackStaticTable.Path ? HpackIndexing.Skip : HpackIndexing.Insert;
        return Write(staticName, KnownHeader.None, HpackStaticTable.Name(staticName), value, indexing, destination);
    }

    /// <summary>Writes <c>:protocol</c> (RFC 8441 4), the pseudo-header field that the static table does not have.</summary>
    /// <param name="value">The value.</param>
    /// <param name="destination">As for other fields.</param>
    /// <returns>Bytes written.</returns>
    internal int WriteProtocol(ReadOnlySpan<byte> value, Span<byte> destination) =>
        Write(0, KnownHeader.None, ":protocol"u8, value, HpackIndexing.Insert, destination);

    private int WriteText(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int encoded = isShared ? text.Length : HuffmanEncoder.EncodedLength(text);
        if (encoded < text.Length)
        {
            int start = HpackInteger.Write(destination, 0x80, 7, encoded);
            HuffmanEncoder.Encode(text, destination.Slice(start, encoded));
            return start + encoded;
        }

        int plain = HpackInteger.Write(destination, 0, 7, text.Length);
        text.CopyTo(destination[plain..]);
        return plain + text.Length;
    }

    private int Write(
        int staticName,
        KnownHeader known,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value,
        HpackIndexing indexing,
        Span<byte> destination)
    {
        int index = staticName == 0 || indexing == HpackIndexing.Never ? 0 : HpackStaticTable.IndexOf(staticName, value);
        if (index == 0 && indexing == HpackIndexing.Insert)
        {
            index = DynamicIndex(_table.IndexOf(name, value));
        }

        if (index > 0)
        {
            return HpackInteger.Write(destination, IndexedPattern, 7, index);
        }

        // In a shared table the name decides, so that one whose fields are not inserted is not there.
        bool mayBeThere = !isShared || indexing == HpackIndexing.Insert;
        int nameIndex = staticName > 0 ? staticName : mayBeThere ? DynamicIndex(_table.IndexOf(name)) : 0;

        // An entry that is most of the table would drive out all others.
        bool isInserted = indexing == HpackIndexing.Insert
            && name.Length + value.Length + HpackEntry.Overhead <= _table.MaxSize - (_table.MaxSize / 4);
        int length = isInserted ? HpackInteger.Write(destination, InsertPattern, 6, nameIndex)
            : HpackInteger.Write(destination, indexing == HpackIndexing.Never ? NeverPattern : (byte)0, 4, nameIndex);
        if (nameIndex == 0)
        {
            length += WriteText(name, destination[length..]);
        }

        length += WriteText(value, destination[length..]);
        if (isInserted)
        {
            _table.Insert(name, value, known);
        }

        return length;
    }

    private static int DynamicIndex(int age) => age < 0 ? 0 : HpackStaticTable.Count + 1 + age;

    private ReadOnlySpan<byte> Lower(KnownHeader known, ReadOnlySpan<byte> name)
    {
        if (known != KnownHeader.None)
        {
            return known.LowerName();
        }

        if (!name.ContainsAnyInRange((byte)'A', (byte)'Z'))
        {
            return name;
        }

        if (name.Length > _name.Length)
        {
            _name = new byte[name.Length * 2];
        }

        Ascii.ToLower(name, _name, out int length);
        return _name.AsSpan(0, length);
    }
}
