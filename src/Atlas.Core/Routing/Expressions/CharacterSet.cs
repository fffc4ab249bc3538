using System.Globalization;
using System.Numerics;

namespace Atlas.Core.Routing.Expressions;

/// <summary>A set of UTF-16 code units: any of ASCII, and of the others whole kinds, which is all that <c>.</c>, <c>\d</c>,
/// <c>\w</c>, <c>\s</c> and their complements tell apart.</summary>
/// <param name="Ascii">A bit for each ASCII character.</param>
/// <param name="Wide">A bit for each kind of the others.</param>
internal readonly record struct CharacterSet(UInt128 Ascii, int Wide)
{
    /// <summary>The characters of ASCII, and thereafter a symbol for each kind of others.</summary>
    public const int Symbols = AsciiCount + 4;

    private const int AsciiCount = 128;
    private const int Digit = 1;
    private const int Word = 2;
    private const int Space = 4;
    private const int Other = 8;
    private const int AllWide = Digit | Word | Space | Other;

    /// <summary>What <c>.</c> stands for: all but the line feed.</summary>
    public static CharacterSet Any { get; } = Of('\n').Complement();

    /// <summary>What <c>\d</c> stands for.</summary>
    public static CharacterSet Digits { get; } = Range('0', '9') with { Wide = Digit };

    /// <summary>What <c>\w</c> stands for.</summary>
    public static CharacterSet Words { get; } =
        (Range('a', 'z') | Range('A', 'Z') | Digits | Of('_')) is var set ? set with { Wide = Digit | Word } : default;

    /// <summary>What <c>\s</c> stands for.</summary>
    public static CharacterSet Spaces { get; } = (Range('\t', '\r') | Of(' ')) is var set ? set with { Wide = Space } : default;

    /// <summary>The only character in it; -1 if there is not exactly one.</summary>
    public int Only => Wide == 0 && UInt128.PopCount(Ascii) == 1 ? (int)UInt128.TrailingZeroCount(Ascii) : -1;

    /// <summary>One character.</summary>
    /// <param name="c">Of ASCII.</param>
    public static CharacterSet Of(char c) => new(UInt128.One << c, 0);

    /// <summary>The characters between two.</summary>
    /// <param name="first">Of ASCII.</param>
    /// <param name="last">Of ASCII, not before the first.</param>
    public static CharacterSet Range(char first, char last) => new((UInt128.MaxValue >> (AsciiCount - 1 - (last - first))) << first, 0);

    public static CharacterSet operator |(CharacterSet one, CharacterSet other) => new(one.Ascii | other.Ascii, one.Wide | other.Wide);

    /// <summary>All that is not in it.</summary>
    public CharacterSet Complement() => new(~Ascii, ~Wide & AllWide);

    /// <summary>Whether a symbol is in it.</summary>
    /// <param name="symbol">From 0 to below <see cref="Symbols"/>.</param>
    public bool Has(int symbol) => symbol < AsciiCount ? ((Ascii >> symbol) & 1) != 0 : ((Wide >> (symbol - AsciiCount)) & 1) != 0;

    /// <summary>The symbol of a character.</summary>
    public static int SymbolOf(char c) => c < AsciiCount ? c : AsciiCount + BitOperations.TrailingZeroCount(KindOf(c));

    private static int KindOf(char c) => CharUnicodeInfo.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.DecimalDigitNumber => Digit,
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.ConnectorPunctuation => Word,
        _ => char.IsWhiteSpace(c) ? Space : Other,
    };
}
