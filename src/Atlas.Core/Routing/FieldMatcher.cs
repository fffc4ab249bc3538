using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing;

/// <summary>Compares a header, cookie or query parameter. Immutable.</summary>
internal sealed class FieldMatcher
{
    private readonly byte[] _name;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The expression is not valid.</exception>
    /// <exception cref="NotSupportedException">The expression could take more than linear time.</exception>
    public FieldMatcher(FieldSource source, FieldMatch match)
    {
        Source = source;
        WrittenName = match.Name;
        Value = new ValueMatcher(match.Value);
        _name = Encoding.UTF8.GetBytes(source == FieldSource.Header ? match.Name.ToLowerInvariant() : match.Name);
    }

    /// <summary>Where it stands.</summary>
    public FieldSource Source { get; }

    /// <summary>Its name as the configuration has it.</summary>
    public string WrittenName { get; }

    /// <summary>Its name, a header's in lower case.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>What its value must be.</summary>
    public ValueMatcher Value { get; }

    /// <summary>Whether one of the request's values matches, or none is there where none may be. Of a request with more than is
    /// looked at neither is known: false, and <see cref="RouteScratch.CutOff"/> says so.</summary>
    public bool Matches<TRequest>(ref TRequest request, RouteScratch scratch)
        where TRequest : IRouteRequest, allows ref struct
    {
        var cursor = new FieldCursor(Source);
        while (cursor.Next(ref request, _name, scratch, out ReadOnlySpan<byte> value))
        {
            if (Value.Kind == ValuePatternKind.Absent || Value.Matches(value, scratch))
            {
                return Value.Kind != ValuePatternKind.Absent;
            }
        }

        return Value.Kind == ValuePatternKind.Absent && scratch.CutOff == RouteCondition.None;
    }
}
