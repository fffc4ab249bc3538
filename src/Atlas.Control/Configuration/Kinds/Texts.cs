using System.Buffers;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Names and texts.</summary>
internal static class Texts
{
    /// <summary>The most characters of a name that the writer chooses: names are labels of metrics and parts of URLs.</summary>
    public const int MaxName = 64;

    /// <summary>The most characters of a header's value.</summary>
    public const int MaxHeaderValue = 8 * 1024;

    /// <summary>The most characters of a path in the file system (Linux' PATH_MAX with its closing 0).</summary>
    public const int MaxFilePath = 4095;

    // RFC 9110 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Characters that servers split cookies at (RFC 6265 4.1.1) are no part of a token, so that a token is a cookie's name.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>A name for a listener, pool, server, …</summary>
    public static ScalarKind<string> Name { get; } = Make(
        $"a name of letters, digits, '-', '_' and '.', at most {MaxName} characters, beginning with a letter or digit",
        text => text.Length is > 0 and <= MaxName && char.IsAsciiLetterOrDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(NameCharacters),
        Schema.Text($"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MaxName - 1}}}"),
        ("a" + new string('x', MaxName - 1), true),
        ("a" + new string('x', MaxName), false),
        ("-a", false));

    /// <summary>A token, as names of headers and cookies are.</summary>
    public static ScalarKind<string> Token { get; } = Make(
        "a name without spaces and separators, at most 256 characters",
        text => text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExcept(TokenCharacters),
        Schema.Text("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}"),
        (new string('x', 256), true),
        (new string('x', 257), false),
        ("a b", false));

    /// <summary>A protocol's name in ALPN (RFC 7301 3.2).</summary>
    public static ScalarKind<string> Alpn { get; } = Make(
        "the name of a protocol, as h2, http/1.1 or acme-tls/1: printable ASCII without spaces, at most 255 characters",
        text => text.Length is > 0 and <= 255 && !text.AsSpan().ContainsAnyExceptInRange('!', '~'),
        Schema.Text("[!-~]{1,255}"),
        (new string('x', 255), true),
        (new string('x', 256), false),
        ("a b", false));

    /// <summary>A header's value.</summary>
    public static ScalarKind<string> HeaderValue { get; } = Make(
        $"a header's value: printable ASCII, no space at its ends, at most {MaxHeaderValue} characters",
        text => text.Length <= MaxHeaderValue && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text.AsSpan().Trim(' ').Length == text.Length,
        Schema.Loose,
        (new string('x', MaxHeaderValue), true),
        (new string('x', MaxHeaderValue + 1), false),
        ("a\n", false));

    /// <summary>A path in the file system.</summary>
    public static ScalarKind<string> FilePath { get; } = Make(
        $"a file's path of at most {MaxFilePath} characters",
        text => text.Length is > 0 and <= MaxFilePath && !text.Contains('\0', StringComparison.Ordinal),
        Schema.Text(null),
        (new string('x', MaxFilePath), true),
        (new string('x', MaxFilePath + 1), false),
        ("", false));

    /// <summary>Any text.</summary>
    /// <param name="max">The most characters.</param>
    public static ScalarKind<string> Any(int max) => Make(
        $"a text of at most {max} characters",
        text => text.Length <= max,
        Schema.Loose,
        (new string('x', max), true),
        (new string('x', max + 1), false));

    /// <summary>A text that a test decides on.</summary>
    public static ScalarKind<string> Make(
        string allowed, Func<string, bool> test, Action<System.Text.Json.Utf8JsonWriter> schema, params (string Text, bool IsAllowed)[] edges) => new(
        allowed,
        (string text, out string value, ref string? hint) =>
        {
            value = text;
            return test(text);
        },
        value => value.Length == 0 ? "\"\"" : value,
        schema)
    {
        WithEdges = edges,
    };

    /// <summary>Whether it is a token (RFC 9110 5.6.2).</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
