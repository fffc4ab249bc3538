namespace Atlas.Core.Configuration;

/// <summary>What a header's, cookie's or parameter's value must be.</summary>
/// <param name="Kind">How it is compared.</param>
/// <param name="Text">What it is compared with, without marks; empty for present and absent.</param>
public sealed record ValuePattern(ValuePatternKind Kind, string Text)
{
    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => Kind switch
    {
        ValuePatternKind.Prefix => Text + "*",
        ValuePatternKind.Present => "*",
        ValuePatternKind.Absent => "!",
        ValuePatternKind.Regex => "~ " + Text,
        ValuePatternKind.Exact or _ => Text,
    };
}
