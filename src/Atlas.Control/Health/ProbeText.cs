using System.Text;
using System.Text.RegularExpressions;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>What must stand in the body of a response to a probe.</summary>
internal sealed class ProbeText
{
    private readonly Regex? _regex;
    private readonly byte[] _text;

    internal ProbeText(BodyPattern pattern)
    {
        _regex = pattern.IsRegex ? RegexOf(pattern.Text) : null;
        _text = Encoding.UTF8.GetBytes(pattern.Text);
    }

    /// <summary>What is said of a body where it does not.</summary>
    internal string Missing => _regex is null ? "the expected text is not in the body" : "the body does not match";

    /// <summary>An expression that takes linear time, whatever a server sends.</summary>
    internal static Regex RegexOf(string text) => new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Whether it does. O(length).</summary>
    internal bool IsIn(ReadOnlySpan<byte> body) =>
        _regex is null ? body.IndexOf(_text) >= 0 : _regex.IsMatch(Encoding.UTF8.GetString(body));
}
