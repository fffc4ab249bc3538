using System.Globalization;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Targets and URLs.</summary>
internal static class Urls
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 2048;

    // Databases are few (16 unless Redis is told otherwise); a larger number is something else.
    private const int MaxDatabase = 65_535;

    private static readonly string[] Placeholders = ["{rest}", "{scheme}", "{host}", "{path}", "{query}"];

    /// <summary>A path and query to ask a server for.</summary>
    public static ScalarKind<string> Target { get; } = Texts.Make(
        $"a path with or without a query, such as /health, at most {MaxLength} characters",
        text => text.Length is > 0 and <= MaxLength && text[0] == '/' && IsPrintable(text) && !text.Contains('#', StringComparison.Ordinal),
        Schema.Text("/[!-~]*"),
        ("/" + new string('a', MaxLength - 1), true),
        ("/" + new string('a', MaxLength), false));

    /// <summary>The start of a path, or nothing.</summary>
    public static ScalarKind<string> Prefix { get; } = Texts.Make(
        "the start of a path, such as /api, or \"\"",
        text => text.Length == 0 || (text.Length <= MaxLength && text[0] == '/' && IsPrintable(text) && text.AsSpan().IndexOfAny('?', '#', '*') < 0),
        Schema.Text("(/[!-~]*)?"),
        ("/" + new string('a', MaxLength - 1), true),
        ("/" + new string('a', MaxLength), false));

    /// <summary>The <c>Location</c> of a redirect.</summary>
    public static ScalarKind<string> Location { get; } = new(
        "a path or URL such as /new/{rest} or https://{host}{path}{query}",
        (string text, out string value, ref string? hint) =>
        {
            value = text;
            string rest = Placeholders.Aggregate(text, (left, placeholder) => left.Replace(placeholder, "", StringComparison.Ordinal));
            bool hasUnknown = rest.AsSpan().IndexOfAny('{', '}') >= 0;
            hint = hasUnknown ? $"the placeholders are {string.Join(", ", Placeholders)}" : HintOfHost(text);
            return text.Length is > 0 and <= MaxLength && hint is null && IsPrintable(text)
                && (text[0] == '/' || text.StartsWith("{path}", StringComparison.Ordinal) || text.StartsWith("{scheme}://", StringComparison.Ordinal)
                    || IsUrl(text, "http://") || IsUrl(text, "https://"));
        },
        value => value.Length == 0 ? "\"\"" : value,
        Schema.Text("[!-~]+"))
    {
        WithEdges = [("/" + new string('a', MaxLength - 1), true), ("/" + new string('a', MaxLength), false)],
    };

    /// <summary>An OTLP collector, or nothing.</summary>
    public static ScalarKind<string> Collector { get; } = Texts.Make(
        "an http:// or https:// URL such as http://127.0.0.1:4317, or \"\"",
        text => text.Length == 0 || IsAbsolute(text, "http", "https"),
        Schema.Text("(https?://[!-~]+)?"));

    /// <summary>A Redis server.</summary>
    public static ScalarKind<string> Redis { get; } = new(
        "a redis:// or rediss:// URL such as redis://127.0.0.1:6379/0",
        (string text, out string value, ref string? hint) =>
        {
            value = text;
            bool isUrl = IsAbsolute(text, "redis", "rediss");
            bool hasPassword = isUrl && new Uri(text).UserInfo.Contains(':', StringComparison.Ordinal);
            bool hasDatabase = isUrl && IsDatabase(new Uri(text));
            hint = hasPassword ? "a password is never written in the configuration: give its file with 'password: { file: PATH }'"
                : isUrl && !hasDatabase ? $"behind the host stands nothing but the number of a database, at most {MaxDatabase}, such as /0"
                : isUrl ? null : HintOfRedis(text);
            return hasDatabase && !hasPassword;
        },
        value => value,
        Schema.Text("rediss?://[!-~]+"))
    {
        MayBeSecret = true,
    };

    // The text may have a password, so that nothing of it is repeated.
    private static string? HintOfRedis(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? text : text[(scheme + 3)..];
        return text.StartsWith('/') || text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase)
                ? "a Unix socket is not for stores: let Redis listen on a port of 127.0.0.1, and write that"
            : text.Contains(',', StringComparison.Ordinal) ? "it is one server: several are written with 'sentinels' and 'master', or with 'cluster'"
            : scheme < 0 ? "write redis:// before the host, or rediss:// where it has TLS"
            : text[..scheme] is not ("redis" or "rediss") ? "Redis and Valkey are written redis://, or rediss:// where they have TLS"
            : rest.Length == 0 || rest[0] is '/' or ':' ? "no host stands behind ://: write it there"
            : null;
    }

    private static bool IsDatabase(Uri url) =>
        url.Query.Length == 0 && url.Fragment.Length == 0
        && (url.AbsolutePath is "" or "/"
            || (int.TryParse(url.AbsolutePath.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MaxDatabase));

    // Where browsers would take for a host what a client chose or what was meant as a path; null: nowhere. They read '\' as '/',
    // and skip slashes before a host (WHATWG URL 4.4).
    private static string? HintOfHost(string text)
    {
        if (text.StartsWith("/{path}", StringComparison.Ordinal))
        {
            return "{path} begins with a slash, and two would begin a host: write {path} instead of /{path}";
        }

        if (text.Length > 1 && text[0] == '/' && text[1] is ('/' or '\\'))
        {
            return "two slashes would begin a host: write one, or a URL with its scheme";
        }

        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        bool isPath = text.StartsWith('/') || text.StartsWith("{path}", StringComparison.Ordinal);
        string host = isPath || scheme < 0 ? "" : text[(scheme + 3)..];
        return host.StartsWith('/') || host.StartsWith('\\') || host.StartsWith("{path}", StringComparison.Ordinal)
            ? "no host stands behind ://: write it there, such as {host}"
            : null;
    }

    private static bool IsUrl(string text, string scheme) => text.StartsWith(scheme, StringComparison.Ordinal) && text.Length > scheme.Length;

    private static bool IsAbsolute(string text, params ReadOnlySpan<string> schemes) =>
        text.Length <= MaxLength && IsPrintable(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme)
        && uri.Host.Length > 0 && text.StartsWith(uri.Scheme + "://", StringComparison.Ordinal);

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
