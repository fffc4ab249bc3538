namespace Atlas.Core.Configuration;

/// <summary>A path to match, without the query.</summary>
/// <param name="Kind">How it is compared.</param>
/// <param name="Text">
/// The path; or the prefix up to and with its last slash, so <c>/api/</c> for <c>/api/*</c> and <c>/</c> for <c>/*</c>; or the
/// regular expression without its mark.
/// </param>
public sealed record PathPattern(PathPatternKind Kind, string Text)
{
    /// <summary>Whether every path matches: <c>/*</c>.</summary>
    public bool MatchesAll => Kind == PathPatternKind.Prefix && Text == "/";

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => Kind switch
    {
        PathPatternKind.Prefix => Text + "*",
        PathPatternKind.Regex => "~ " + Text,
        PathPatternKind.Exact or _ => Text,
    };
}
