using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>
/// A text. YAML's own types are not used: <c>no</c>, <c>010</c> and <c>1:30</c> are what is written, and the key decides what
/// is read from it.
/// </summary>
/// <param name="position">Where it begins.</param>
/// <param name="text">Its characters, without quotes.</param>
/// <param name="isPlain">Whether it stands without quotes.</param>
internal sealed class YamlScalar(SourcePosition position, string text, bool isPlain) : YamlNode(position)
{
    /// <summary>The most characters of a value that a message repeats.</summary>
    public const int MaxShown = 60;

    /// <summary>Its characters, without quotes.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it stands without quotes.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Whether nothing is written, or YAML's word for nothing.</summary>
    public bool IsNull { get; } = isPlain && (text is "" or "~" or "null" or "Null" or "NULL");

    /// <inheritdoc/>
    public override int Size => 1;

    /// <inheritdoc/>
    public override int Height => 1;

    /// <inheritdoc/>
    public override string Description => Quote(Text);

    /// <summary>The text in quotes on one line, cut where it is long.</summary>
    public static string Quote(string text)
    {
        string shown = text.Length > MaxShown ? text[..MaxShown] + "…" : text;
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}'";
    }
}
