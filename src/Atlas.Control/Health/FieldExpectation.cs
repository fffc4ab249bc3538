using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>A header that a good response to a probe has, or has not.</summary>
internal sealed class FieldExpectation(FieldMatch match)
{
    private readonly Regex? _regex = match.Value.Kind == ValuePatternKind.Regex ? ProbeText.RegexOf(match.Value.Text) : null;

    /// <summary>The header's name.</summary>
    internal string Name => match.Name;

    /// <summary>Whether one of the header's lines is as expected, or there is none where none is expected.</summary>
    internal bool IsMetBy(HttpResponseHeaders head, HttpContentHeaders content)
    {
        bool isThere = head.NonValidated.TryGetValues(match.Name, out HeaderStringValues values)
            || content.NonValidated.TryGetValues(match.Name, out values);
        if (!isThere)
        {
            return match.Value.Kind == ValuePatternKind.Absent;
        }

        foreach (string value in values)
        {
            if (IsMetBy(value))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMetBy(string value) => match.Value.Kind switch
    {
        ValuePatternKind.Exact => value == match.Value.Text,
        ValuePatternKind.Prefix => value.StartsWith(match.Value.Text, StringComparison.Ordinal),
        ValuePatternKind.Present => true,
        ValuePatternKind.Absent => false,
        ValuePatternKind.Regex => _regex!.IsMatch(value),
        _ => throw new InvalidOperationException("unknown pattern"),
    };
}
