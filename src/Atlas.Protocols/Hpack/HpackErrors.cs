namespace Atlas.Protocols.Hpack;

/// <summary>What to log for an <see cref="HpackError"/>.</summary>
public static class HpackErrors
{
    /// <summary>A short English text for logs. It holds nothing from the peer.</summary>
    public static string Text(this HpackError error) => error switch
    {
        HpackError.None => "no error",
        HpackError.Truncated => "header block ends within a field",
        HpackError.NumberTooLarge => "number in a header block too large",
        HpackError.InvalidIndex => "index in a header block beyond the tables",
        HpackError.InvalidHuffmanCode => "bad Huffman code in a header block",
        HpackError.LateTableSize => "table size after the first field of a header block",
        HpackError.TableSizeTooLarge => "table size in a header block above the limit",
        HpackError.Bomb => "header block that stands for far too much",
        _ => "unknown error",
    };
}
