namespace Atlas.Core.Configuration;

/// <summary>How a path is compared.</summary>
public enum PathPatternKind
{
    /// <summary>The whole path is the text.</summary>
    Exact,

    /// <summary>The path begins with the text, which ends in a slash.</summary>
    Prefix,

    /// <summary>The text is a regular expression that matches somewhere in the path.</summary>
    Regex,
}
