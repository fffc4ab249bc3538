namespace Atlas.Core.Configuration;

/// <summary>How a value is compared.</summary>
public enum ValuePatternKind
{
    /// <summary>The whole value is the text.</summary>
    Exact,

    /// <summary>The value begins with the text; written with a <c>*</c> at its end.</summary>
    Prefix,

    /// <summary>There is a value, be it empty; written <c>*</c>.</summary>
    Present,

    /// <summary>There is none; written <c>!</c>.</summary>
    Absent,

    /// <summary>The text is a regular expression that matches somewhere in the value; written after <c>~ </c>.</summary>
    Regex,
}
