using YamlDotNet.Core;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>Says in plain words what a YAML parser complains about.</summary>
internal static class YamlSyntax
{
    /// <summary>A message with the likely cause, from the character at which the parser stopped.</summary>
    public static string Explain(YamlException error, string text)
    {
        string line = LineOf(text, (int)error.Start.Line);
        int column = (int)error.Start.Column - 1;
        string rest = (uint)column < (uint)line.Length ? line[column..] : "";
        string? hint =
            line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).Contains('\t') || rest.StartsWith('\t')
                ? "tabs cannot indent: use spaces"
            : rest.StartsWith('*') || rest.StartsWith('&')
                ? $"a value or key that begins with '{rest[0]}' needs quotes, as in \"{rest[0]}.example.com\""
            : rest.StartsWith('%') || rest.StartsWith('@') || rest.StartsWith('`')
                ? $"a value that begins with '{rest[0]}' needs quotes"
            : rest.StartsWith('!')
                ? "a value that begins with '!' needs quotes, as in \"!\""
            : line.Contains(": ", StringComparison.Ordinal) && error.Message.Contains("mapping values", StringComparison.OrdinalIgnoreCase)
                ? "a value that has ': ' in it needs quotes, and a key stands in the same column as the keys beside it"
            : null;
        string reason = error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        return $"this is not YAML: {hint ?? "check indentation, brackets and quotes here and in the line before"} (parser: {reason})";
    }

    private static string LineOf(string text, int number)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (--number == 0)
            {
                return line.ToString();
            }
        }

        return "";
    }
}
