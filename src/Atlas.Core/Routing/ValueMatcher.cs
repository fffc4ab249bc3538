using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing.Expressions;

namespace Atlas.Core.Routing;

/// <summary>Compares one value of a header, cookie or query parameter. Immutable.</summary>
internal sealed class ValueMatcher
{
    private readonly byte[] _text;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The expression is not valid.</exception>
    /// <exception cref="NotSupportedException">The expression could take more than linear time.</exception>
    public ValueMatcher(ValuePattern pattern)
    {
        Kind = pattern.Kind;
        Expression = pattern.Kind == ValuePatternKind.Regex ? new TextExpression(pattern.Text) : null;
        _text = Encoding.UTF8.GetBytes(Expression?.Prefix ?? pattern.Text);
    }

    /// <summary>How values are compared.</summary>
    public ValuePatternKind Kind { get; }

    /// <summary>What values are compared with, in UTF-8; for an expression what every match begins with, or nothing.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>The expression, if it is one.</summary>
    public TextExpression? Expression { get; }

    /// <summary>Whether a value that is there is such a one; for <see cref="ValuePatternKind.Absent"/> none is.</summary>
    public bool Matches(ReadOnlySpan<byte> value, RouteScratch scratch) => Kind switch
    {
        ValuePatternKind.Exact => value.SequenceEqual(_text),
        ValuePatternKind.Prefix => value.StartsWith(_text),
        ValuePatternKind.Present => true,
        ValuePatternKind.Regex => value.StartsWith(_text) && Expression!.IsMatch(value, scratch),
        ValuePatternKind.Absent or _ => false,
    };
}
