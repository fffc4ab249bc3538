namespace Atlas.Protocols.Hpack;

/// <summary>
/// The Huffman code of RFC 7541 Appendix B. It is canonical: codes of one length follow each other in the order of their
/// symbols, and each length continues where the one before ended, so that the lengths tell the whole code.
/// </summary>
internal static class HuffmanCode
{
    /// <summary>The most bits of a code.</summary>
    public const int MaxBits = 30;

    /// <summary>The symbol that ends nothing and that no string may hold.</summary>
    public const int EndOfString = 256;

    private const int SymbolCount = 257;

    static HuffmanCode()
    {
        uint code = 0;
        int position = 0;
        for (int length = 1; length <= MaxBits; length++)
        {
            code <<= 1;
            FirstCode[length] = code;
            FirstPosition[length] = (ushort)position;
            for (int symbol = 0; symbol < SymbolCount; symbol++)
            {
                if (LengthOf(symbol) == length)
                {
                    Codes[symbol] = code++;
                    Symbols[position++] = (ushort)symbol;
                }
            }

            EndCode[length] = code;
        }
    }

    /// <summary>The code of each symbol, in its lowest bits.</summary>
    public static uint[] Codes { get; } = new uint[SymbolCount];

    /// <summary>The symbols in the order of their codes.</summary>
    public static ushort[] Symbols { get; } = new ushort[SymbolCount];

    /// <summary>The first code of each length.</summary>
    public static uint[] FirstCode { get; } = new uint[MaxBits + 1];

    /// <summary>The first number that is above the codes of each length, in as many bits.</summary>
    public static uint[] EndCode { get; } = new uint[MaxBits + 1];

    /// <summary>Where the symbols of each length begin in <see cref="Symbols"/>.</summary>
    public static ushort[] FirstPosition { get; } = new ushort[MaxBits + 1];

    /// <summary>The bits of the code of each byte.</summary>
    public static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    ];

    private static int LengthOf(int symbol) => symbol == EndOfString ? MaxBits : Lengths[symbol];
}
