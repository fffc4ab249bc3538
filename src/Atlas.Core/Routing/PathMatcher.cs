using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing.Expressions;

namespace Atlas.Core.Routing;

/// <summary>Compares paths in the form of <see cref="RequestPath"/> with one pattern. Immutable.</summary>
internal sealed class PathMatcher
{
    private readonly byte[] _text;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The expression is not valid.</exception>
    /// <exception cref="NotSupportedException">The expression could take more than linear time.</exception>
    public PathMatcher(PathPattern pattern)
    {
        Kind = pattern.Kind;
        if (pattern.Kind == PathPatternKind.Regex)
        {
            Expression = new TextExpression(pattern.Text);
            _text = Encoding.ASCII.GetBytes(Expression.Prefix);
        }
        else
        {
            _text = RequestPath.NormalizePattern(pattern.Text);
        }
    }

    /// <summary>How paths are compared.</summary>
    public PathPatternKind Kind { get; }

    /// <summary>The path or prefix; for an expression what every match begins with, or nothing.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>The expression, if it is one.</summary>
    public TextExpression? Expression { get; }

    /// <summary>Whether the path matches.</summary>
    public bool Matches(ReadOnlySpan<byte> path, RouteScratch scratch) => Kind switch
    {
        PathPatternKind.Exact => path.SequenceEqual(_text),
        PathPatternKind.Prefix => path.StartsWith(_text),
        PathPatternKind.Regex or _ => path.StartsWith(_text) && Expression!.IsMatch(path, scratch),
    };
}
