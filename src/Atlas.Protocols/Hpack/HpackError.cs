namespace Atlas.Protocols.Hpack;

/// <summary>
/// Why a header block cannot be decoded: one name per cause. After any of them the table is not what the encoder has any
/// more, so that the connection must end (RFC 9113 4.3: COMPRESSION_ERROR).
/// </summary>
public enum HpackError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The block ends within a field.</summary>
    Truncated,

    /// <summary>A number is above 2^28 or has more than four bytes behind its prefix (RFC 7541 5.1).</summary>
    NumberTooLarge,

    /// <summary>An index is 0 or beyond both tables (RFC 7541 2.3.3, 6.1).</summary>
    InvalidIndex,

    /// <summary>The Huffman code holds EOS, or its padding is longer than 7 bits or not all ones (RFC 7541 5.2).</summary>
    InvalidHuffmanCode,

    /// <summary>The table's size is changed after the first field of a block (RFC 7541 4.2).</summary>
    LateTableSize,

    /// <summary>The table's size is set above the limit that the decoder told (RFC 7541 6.3).</summary>
    TableSizeTooLarge,

    /// <summary>The fields that the block refers to count several times what a list may. The rest of it is not read.</summary>
    Bomb,
}
