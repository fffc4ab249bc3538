namespace Atlas.Core.Configuration;

/// <summary>What must stand in a body.</summary>
/// <param name="IsRegex">Whether the text is a regular expression; written after <c>~ </c>.</param>
/// <param name="Text">The text, without marks; empty: any body will do.</param>
public sealed record BodyPattern(bool IsRegex, string Text)
{
    /// <summary>Any body.</summary>
    public static BodyPattern Any { get; } = new(IsRegex: false, "");

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => IsRegex ? "~ " + Text : Text;
}
