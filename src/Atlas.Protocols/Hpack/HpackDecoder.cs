using Atlas.Protocols.Http;

namespace Atlas.Protocols.Hpack;

/// <summary>
/// Decodes the header blocks of one direction of a connection, in their order (RFC 7541 3.2). Going over the list's limits is
/// no error: the rest of the block is still read, so that the table stays right, but no further field is copied; but references
/// that stand for several times the limit are one. The work is bounded by the bytes of the block and the limits of the list,
/// whatever the block refers to. Nothing is allocated once the table and the list have grown.
/// </summary>
public sealed class HpackDecoder
{
    /// <summary>The most that the table may count: SETTINGS_HEADER_TABLE_SIZE, whose initial value is kept.</summary>
    public const int TableLimit = 4096;

    private readonly HpackDynamicTable _table = new(TableLimit);

    /// <summary>What the entries of the dynamic table count together.</summary>
    public int TableSize => _table.Size;

    /// <summary>Entries of the dynamic table.</summary>
    public int TableCount => _table.Count;

    /// <summary>Decodes a whole block.</summary>
    /// <param name="block">The fragments of all its frames, put together.</param>
    /// <param name="fields">Where the fields go. It is cleared first, and incomplete after an error.</param>
    /// <returns>None, or why the connection has to end.</returns>
    public HpackError Decode(ReadOnlySpan<byte> block, HpackFields fields)
    {
        fields.Clear();
        bool mayResize = true;
        int position = 0;
        while (position < block.Length)
        {
            byte first = block[position];
            HpackError error;
            if (first >= 0x80)
            {
                error = Indexed(block, ref position, fields);
                mayResize = false;
            }
            else if (first is < 0x40 and >= 0x20)
            {
                error = mayResize ? Resize(block, ref position) : HpackError.LateTableSize;
            }
            else
            {
                error = Literal(block, ref position, fields, insert: first >= 0x40);
                mayResize = false;
            }

            if (error != HpackError.None)
            {
                return error;
            }

            if (fields.IsBomb)
            {
                return HpackError.Bomb;
            }
        }

        return HpackError.None;
    }

    /// <summary>An entry of the dynamic table, for tests: the name and the value.</summary>
    /// <param name="age">0 for the newest.</param>
    internal (byte[] Name, byte[] Value) Entry(int age)
    {
        HpackEntry entry = _table[age];
        byte[] bytes = new byte[entry.Length];
        _table.CopyTo(entry, bytes);
        return (bytes[..entry.NameLength], bytes[entry.NameLength..]);
    }

    // RFC 7541 6.1.
    private HpackError Indexed(ReadOnlySpan<byte> block, ref int position, HpackFields fields)
    {
        HpackError error = HpackInteger.Read(block, ref position, 7, out int index);
        if (error != HpackError.None)
        {
            return error;
        }

        if (index is > 0 and <= HpackStaticTable.Count)
        {
            AddStatic(index, fields);
            return HpackError.None;
        }

        int age = index - HpackStaticTable.Count - 1;
        if ((uint)age >= (uint)_table.Count)
        {
            return HpackError.InvalidIndex;
        }

        ref readonly HpackEntry entry = ref _table[age];
        fields.Refer(entry.NameLength, entry.ValueLength);
        if (fields.Fits(entry.NameLength, entry.ValueLength, entry.Known))
        {
            _table.CopyTo(entry, fields.Room(entry.Length));
            fields.Commit(entry.NameLength, entry.ValueLength, entry.Known);
        }

        return HpackError.None;
    }

    private static void AddStatic(int index, HpackFields fields)
    {
        ReadOnlySpan<byte> name = HpackStaticTable.Name(index);
        ReadOnlySpan<byte> value = HpackStaticTable.Value(index);
        KnownHeader known = HpackStaticTable.Known(index);
        fields.Refer(name.Length, value.Length);
        if (fields.Fits(name.Length, value.Length, known))
        {
            Span<byte> room = fields.Room(name.Length + value.Length);
            name.CopyTo(room);
            value.CopyTo(room[name.Length..]);
            fields.Commit(name.Length, value.Length, known);
        }
    }

    // RFC 7541 6.2. Name and value are put together behind the list, from where they go into the table as well. What has no
    // room there is longer than the table and the list allow.
    private HpackError Literal(ReadOnlySpan<byte> block, ref int position, HpackFields fields, bool insert)
    {
        HpackError error = HpackInteger.Read(block, ref position, insert ? 6 : 4, out int index);
        if (error != HpackError.None)
        {
            return error;
        }

        KnownHeader known = KnownHeader.None;
        error = index == 0
            ? Text(block, ref position, fields, 0, out int nameLength)
            : CopyName(index, fields, out nameLength, out known);
        if (error != HpackError.None)
        {
            return error;
        }

        error = Text(block, ref position, fields, nameLength, out int valueLength);
        if (error != HpackError.None)
        {
            return error;
        }

        Span<byte> room = fields.Room(0);
        bool isWhole = (long)nameLength + valueLength <= room.Length;
        if (index == 0 && isWhole)
        {
            known = HeaderNames.Recognize(room[..nameLength]);
        }

        if (insert)
        {
            // An entry of any length above the limit empties the table, as this one does.
            Span<byte> name = isWhole ? room[..nameLength] : room;
            _table.Insert(name, isWhole ? room.Slice(nameLength, valueLength) : default, known);
        }

        fields.Commit(nameLength, valueLength, known);
        return HpackError.None;
    }

    private HpackError CopyName(int index, HpackFields fields, out int length, out KnownHeader known)
    {
        if (index <= HpackStaticTable.Count)
        {
            ReadOnlySpan<byte> name = HpackStaticTable.Name(index);
            length = name.Length;
            known = HpackStaticTable.Known(index);
            name.CopyTo(fields.Room(length));
            return HpackError.None;
        }

        length = 0;
        known = KnownHeader.None;
        int age = index - HpackStaticTable.Count - 1;
        if (age >= _table.Count)
        {
            return HpackError.InvalidIndex;
        }

        ref readonly HpackEntry entry = ref _table[age];
        fields.Refer(entry.NameLength, 0);
        length = entry.NameLength;
        known = entry.Known;
        _table.CopyNameTo(entry, fields.Room(length));
        return HpackError.None;
    }

    // RFC 7541 5.2. What does not fit into the room is counted and left out.
    private static HpackError Text(ReadOnlySpan<byte> block, ref int position, HpackFields fields, int offset, out int length)
    {
        bool isHuffman = position < block.Length && block[position] >= 0x80;
        HpackError error = HpackInteger.Read(block, ref position, 7, out length);
        if (error != HpackError.None)
        {
            return error;
        }

        if (length > block.Length - position)
        {
            return HpackError.Truncated;
        }

        ReadOnlySpan<byte> source = block.Slice(position, length);
        position += length;
        Span<byte> room = fields.Room((long)offset + (isHuffman ? HuffmanDecoder.MaxDecodedLength(length) : length));
        room = room[Math.Min(offset, room.Length)..];
        if (!isHuffman)
        {
            source[..Math.Min(length, room.Length)].CopyTo(room);
            return HpackError.None;
        }

        length = HuffmanDecoder.Decode(source, room);
        return length < 0 ? HpackError.InvalidHuffmanCode : HpackError.None;
    }

    // RFC 7541 6.3.
    private HpackError Resize(ReadOnlySpan<byte> block, ref int position)
    {
        HpackError error = HpackInteger.Read(block, ref position, 5, out int size);
        if (error != HpackError.None)
        {
            return error;
        }

        if (size > TableLimit)
        {
            return HpackError.TableSizeTooLarge;
        }

        _table.Resize(size);
        return HpackError.None;
    }
}
