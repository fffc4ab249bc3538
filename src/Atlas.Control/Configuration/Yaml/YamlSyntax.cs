using Atlas.Core.Configuration;
using YamlDotNet.Core;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>Says in plain words what a YAML parser complains about.</summary>
internal static class YamlSyntax
{
    /// <summary>The place and a message with the likely cause, from the character at which the parser stopped.</summary>
    public static (SourcePosition Position, string Message) Explain(YamlException error, string text)
    {
        string[] lines = text.Split('\n');
        int line = Math.Clamp((int)error.Start.Line, 1, lines.Length);
        int column = Math.Clamp((int)error.Start.Column, 1, lines[line - 1].Length + 1);

        // Of a tab the parser tells where the block began, not where the tab is.
        int tabLine = Array.FindIndex(lines, line - 1, IsIndentedByTab);
        if (tabLine >= 0 && error.Message.Contains("tab", StringComparison.Ordinal))
        {
            return (new SourcePosition(tabLine + 1, lines[tabLine].IndexOf('\t', StringComparison.Ordinal) + 1), "tabs cannot indent: use spaces");
        }

        string reason = error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        string hint = Hint(lines[line - 1], column - 1, error.Message) ?? "check indentation, brackets and quotes here and in the line before";
        return (new SourcePosition(line, column), $"this is not YAML: {hint} (parser: {reason})");
    }

    private static string? Hint(string line, int index, string message) => line.AsSpan(index) switch
    {
        ['*' or '&', ..] => $"a value or key that begins with '{line[index]}' needs quotes, as in \"*.example.com\"",
        ['%' or '@' or '`' or '!', ..] => $"a value that begins with '{line[index]}' needs quotes",
        ['\t', ..] => "tabs cannot indent: use spaces",
        _ when message.Contains("mapping", StringComparison.Ordinal) && !message.Contains("flow", StringComparison.Ordinal) =>
            "a value with ': ' in it needs quotes, and a key stands in the same column as the keys beside it",
        _ => null,
    };

    private static bool IsIndentedByTab(string line) => line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).Contains('\t');
}
