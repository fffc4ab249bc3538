using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Maps of headers, cookies and query parameters.</summary>
internal static class HeaderMaps
{
    /// <summary>The most headers of a map.</summary>
    public const int Max = 64;

    // Framing and the connection are Atlas' own (RFC 9110 7.6.1): a header of these names that a configuration sets could make
    // two readers see two different messages.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "Host", "HTTP2-Settings", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    };

    /// <summary>The name of a header that a configuration may change.</summary>
    public static ScalarKind<string> Name { get; } = new(
        "the name of a header, and none of those that Atlas writes itself (" + string.Join(", ", Own) + ")",
        (string text, out string value, ref string? hint) =>
        {
            value = text;
            hint = string.Equals(text, "Host", StringComparison.OrdinalIgnoreCase) ? "the host that servers see is set with rewrite.host" : null;
            return text.Length <= 256 && Texts.IsToken(text) && !Own.Contains(text);
        },
        value => value,
        Schema.Text("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}"))
    {
        WithEdges = [(new string('x', 256), true), (new string('x', 257), false), ("content-length", false)],
    };

    /// <summary>Headers with values.</summary>
    public static PairsKind<string, string, HeaderSetting> Settings { get; } = new(
        Name,
        Texts.HeaderValue,
        Max,
        StringComparer.OrdinalIgnoreCase,
        (name, value, _) => new HeaderSetting(name, value),
        setting => (setting.Name, setting.Value));

    /// <summary>Headers with patterns.</summary>
    public static PairsKind<string, ValuePattern, FieldMatch> HeaderMatches { get; } = Matches(Texts.Token, StringComparer.OrdinalIgnoreCase);

    /// <summary>Cookies with patterns.</summary>
    public static PairsKind<string, ValuePattern, FieldMatch> CookieMatches { get; } = Matches(Texts.Token, StringComparer.Ordinal);

    /// <summary>Query parameters with patterns.</summary>
    public static PairsKind<string, ValuePattern, FieldMatch> QueryMatches { get; } = Matches(
        Texts.Make("a parameter's name of 1 to 256 characters", text => text.Length is > 0 and <= 256, Schema.Text(".{1,256}"), ("", false)),
        StringComparer.Ordinal);

    private static PairsKind<string, ValuePattern, FieldMatch> Matches(ScalarKind<string> name, StringComparer comparer) =>
        new(name, Patterns.Value, Max, comparer, (key, value, _) => new FieldMatch(key, value), match => (match.Name, match.Value));
}
