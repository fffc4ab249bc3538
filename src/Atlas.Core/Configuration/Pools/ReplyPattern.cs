namespace Atlas.Core.Configuration;

/// <summary>What the answer to a UDP probe is like.</summary>
/// <param name="Regex">A regular expression, each byte a character of Latin-1; written after <c>~ </c>. Null: there is none.</param>
/// <param name="Prefix">What it begins with; empty: any answer will do.</param>
public sealed record ReplyPattern(string? Regex, ProbePayload Prefix)
{
    /// <summary>Any answer.</summary>
    public static ReplyPattern Any { get; } = new(Regex: null, ProbePayload.Empty);

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => Regex is not null ? "~ " + Regex : Prefix.ToString();
}
