using System.Text;
using System.Text.RegularExpressions;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing;

/// <summary>Compares one value of a header, cookie or query parameter. Immutable.</summary>
internal sealed class ValueMatcher
{
    private readonly byte[] _text;
    private readonly Regex? _regex;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The expression is not valid.</exception>
    /// <exception cref="NotSupportedException">The expression could take more than linear time.</exception>
    public ValueMatcher(ValuePattern pattern)
    {
        Kind = pattern.Kind;
        _regex = pattern.Kind == ValuePatternKind.Regex ? RegexText.Compile(pattern.Text) : null;
        _text = Encoding.UTF8.GetBytes(_regex is null ? pattern.Text : RegexText.LiteralPrefix(pattern.Text));
    }

    /// <summary>How values are compared.</summary>
    public ValuePatternKind Kind { get; }

    /// <summary>What values are compared with, in UTF-8; for an expression what every match begins with, or nothing.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Whether a value that is there is such a one; for <see cref="ValuePatternKind.Absent"/> none is.</summary>
    public bool Matches(ReadOnlySpan<byte> value, RouteScratch scratch) => Kind switch
    {
        ValuePatternKind.Exact => value.SequenceEqual(_text),
        ValuePatternKind.Prefix => value.StartsWith(_text),
        ValuePatternKind.Present => true,
        ValuePatternKind.Regex => value.StartsWith(_text) && RegexText.IsMatch(_regex!, value, scratch),
        ValuePatternKind.Absent or _ => false,
    };
}
