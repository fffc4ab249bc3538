using Atlas.Core.Configuration;
using Atlas.Core.Routing.Expressions;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>What requests are compared with, and responses to probes.</summary>
internal static class Patterns
{
    /// <summary>The most characters of a pattern.</summary>
    public const int MaxLength = 1024;

    /// <summary>A path, a prefix or a regular expression.</summary>
    public static ScalarKind<PathPattern> Path { get; } = new(
        $"a path: /exact, /prefix/* or \"~ regex\", at most {MaxLength} characters",
        (string text, out PathPattern value, ref string? hint) =>
        {
            value = null!;
            if (text.StartsWith('~'))
            {
                string regex = text[1..].TrimStart();
                value = new PathPattern(PathPatternKind.Regex, regex);
                return IsRegex(regex, ref hint);
            }

            bool isPrefix = text.EndsWith("/*", StringComparison.Ordinal);
            string path = isPrefix ? text[..^1] : text;
            hint = text.Contains('*', StringComparison.Ordinal) && !isPrefix ? "a * stands at the end, after a slash"
                : text.Length > 0 && text[0] != '/' ? "paths begin with a slash"
                : text.Contains('?', StringComparison.Ordinal) ? "the query is matched with 'query'"
                : HasDots(path) ? "requests are matched after . and .. were resolved"
                : null;
            value = new PathPattern(isPrefix ? PathPatternKind.Prefix : PathPatternKind.Exact, path);
            return hint is null && text.Length is > 0 and <= MaxLength
                && !path.AsSpan().ContainsAnyExceptInRange('!', '~') && !path.AsSpan().ContainsAny('#', '*');
        },
        value => value.ToString(),
        Schema.Text("/[^?#]*|~.+"))
    {
        WithEdges = [("/" + new string('a', MaxLength - 1), true), ("/" + new string('a', MaxLength), false), ("/*", true), ("*", false)],
    };

    /// <summary>The value of a header, cookie or query parameter.</summary>
    public static ScalarKind<ValuePattern> Value { get; } = new(
        $"\"value\", \"prefix*\", \"*\" (present), \"!\" (absent) or \"~ regex\", at most {MaxLength} characters",
        (string text, out ValuePattern value, ref string? hint) =>
        {
            value = text switch
            {
                "*" => new ValuePattern(ValuePatternKind.Present, ""),
                "!" => new ValuePattern(ValuePatternKind.Absent, ""),
                ['~', ..] => new ValuePattern(ValuePatternKind.Regex, text[1..].TrimStart()),
                [.., '*'] => new ValuePattern(ValuePatternKind.Prefix, text[..^1]),
                _ => new ValuePattern(ValuePatternKind.Exact, text),
            };
            hint = text.Length > 1 && text[0] == '!' ? "! stands alone and means absent; for a value that begins with it write \"~ ^!…\"" : null;
            return text.Length <= MaxLength && hint is null && (value.Kind != ValuePatternKind.Regex || IsRegex(value.Text, ref hint));
        },
        value => value.ToString(),
        Schema.Loose)
    {
        WithEdges = [(new string('a', MaxLength), true), (new string('a', MaxLength + 1), false)],
    };

    /// <summary>What stands in a body.</summary>
    public static ScalarKind<BodyPattern> Body { get; } = new(
        $"\"text\" or \"~ regex\", at most {MaxLength} characters",
        (string text, out BodyPattern value, ref string? hint) =>
        {
            value = text is ['~', ..] ? new BodyPattern(IsRegex: true, text[1..].TrimStart()) : new BodyPattern(IsRegex: false, text);
            return text.Length <= MaxLength && (!value.IsRegex || IsRegex(value.Text, ref hint));
        },
        value => value.Text.Length == 0 ? "\"\"" : value.ToString(),
        Schema.Loose)
    {
        WithEdges = [(new string('a', MaxLength), true), (new string('a', MaxLength + 1), false), ("~ a|b", true), ("~ (", false)],
    };

    /// <summary>A host or all hosts below it.</summary>
    public static ScalarKind<HostPattern> Host { get; } = new(
        "a host without a port: example.com or \"*.example.com\"",
        (string text, out HostPattern value, ref string? hint) =>
        {
            bool isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
            string name = isWildcard ? text[2..] : text;
            value = new HostPattern((isWildcard ? "." : "") + name.ToLowerInvariant(), isWildcard);
            hint = text.Contains("://", StringComparison.Ordinal) ? "write the host alone, without scheme and path"
                : text == "*" ? "to match every host leave the key out"
                : name.Contains('*', StringComparison.Ordinal) ? "a * stands at the beginning, before a dot"
                : text.Contains(':', StringComparison.Ordinal) ? "write it without a port"
                : null;
            return HostName.IsValid(name) || (!isWildcard && IsAddress(text));
        },
        value => value.ToString(),
        Schema.Text(@"(\*\.)?[0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\]"))
    {
        WithEdges = [("*.a", true), ("*a", false), ("a.*", false)],
    };

    /// <summary>A method.</summary>
    public static ScalarKind<string> Method { get; } = new(
        "a method in upper case, such as GET or POST",
        (string text, out string value, ref string? hint) =>
        {
            value = text;
            hint = text != text.ToUpperInvariant() ? $"methods are compared with their case: write {text.ToUpperInvariant()}" : null;
            return text.Length <= 32 && Texts.IsToken(text) && hint is null;
        },
        value => value,
        Schema.Text("[!#$%&'*+.^_`|~0-9A-Z-]{1,32}"))
    {
        WithEdges = [(new string('A', 32), true), (new string('A', 33), false)],
    };

    /// <summary>A range of statuses.</summary>
    public static ScalarKind<StatusRange> Status { get; } = new(
        "a status from 100 to 599, or a range such as 200-399",
        (string text, out StatusRange value, ref string? hint) =>
        {
            int dash = text.IndexOf('-', StringComparison.Ordinal);
            string first = dash < 0 ? text : text[..dash];
            string last = dash < 0 ? text : text[(dash + 1)..];
            bool isRange = IsStatus(first, out int from) & IsStatus(last, out int to);
            value = new StatusRange(from, to);
            hint = isRange && from > to ? "the lower one stands first" : text is [_, 'x', 'x'] ? $"write {text[0]}00-{text[0]}99" : null;
            return isRange && from <= to;
        },
        value => value.ToString(),
        writer =>
        {
            writer.WriteStartArray("type");
            writer.WriteStringValue("integer");
            writer.WriteStringValue("string");
            writer.WriteEndArray();
            writer.WriteNumber("minimum", 100);
            writer.WriteNumber("maximum", 599);
            writer.WriteString("pattern", "^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$");
        })
    {
        WithEdges = [("100-599", true), ("599", true), ("600", false), ("99", false), ("100-600", false)],
    };

    private static bool IsStatus(string text, out int status)
    {
        bool isStatus = text.Length == 3 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]);
        status = isStatus ? (((text[0] - '0') * 10) + text[1] - '0') * 10 + text[2] - '0' : 0;
        return status is >= 100 and <= 599;
    }

    private static bool IsAddress(string text) => text is ['[', .., ']']
        ? Addresses.TryParseIp(text[1..^1], out _) && text.Contains(':', StringComparison.Ordinal)
        : Addresses.TryParseIp(text, out _) && !text.Contains(':', StringComparison.Ordinal);

    private static bool HasDots(string path) => path.Split('/').Any(segment => segment is "." or "..");

    // Expressions that can take exponential time are refused: a client chooses the text that they run on.
    internal static bool IsRegex(string text, ref string? hint)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        try
        {
            _ = new TextExpression(text);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            hint = e is NotSupportedException
                ? "lookaround and back references are not allowed: they can take exponential time"
                : "the regular expression is not valid: " + e.Message.ReplaceLineEndings(" ");
            return false;
        }
    }
}
