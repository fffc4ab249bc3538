using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>What a client or request is known by.</summary>
internal static class PartsOfRequest
{
    private const string Header = "header:";
    private const string Cookie = "cookie:";
    private const string Query = "query:";
    private const string AppCookie = "app_cookie:";

    /// <summary>What is hashed.</summary>
    public static ScalarKind<RequestKey> Key { get; } = KeyOr("sni", RequestKeyKind.Sni);

    /// <summary>What is counted by.</summary>
    public static ScalarKind<RequestKey> LimitKey { get; } = KeyOr("route", RequestKeyKind.Route);

    /// <summary>What a sticky client is known by, and the name of its header or cookie.</summary>
    public static ScalarKind<(StickyKind Kind, string Name)> Sticky { get; } = new(
        "cookie, ip, header:NAME or app_cookie:NAME",
        (string text, out (StickyKind Kind, string Name) value, ref string? hint) =>
        {
            value = text switch
            {
                "cookie" => (StickyKind.Cookie, ""),
                "ip" => (StickyKind.Ip, ""),
                _ when Named(text, Header) is { } name => (StickyKind.Header, name),
                _ when Named(text, AppCookie) is { } name => (StickyKind.AppCookie, name),
                _ => (StickyKind.Cookie, null!),
            };
            hint = text.StartsWith(Cookie, StringComparison.Ordinal) ? "a cookie of the servers is app_cookie:NAME; the name of Atlas' own is under 'cookie'"
                : text == "client_ip" ? "did you mean ip?"
                : null;
            return value.Name is not null;
        },
        value => value.Kind switch
        {
            StickyKind.Ip => "ip",
            StickyKind.Header => Header + value.Name,
            StickyKind.AppCookie => AppCookie + value.Name,
            StickyKind.Cookie or _ => "cookie",
        },
        Schema.Text("cookie|ip|(header|app_cookie):.+"));

    // What every request has or may have, and one more kind that makes sense in one place only.
    private static ScalarKind<RequestKey> KeyOr(string word, RequestKeyKind kind) => new(
        $"client_ip, {word}, host, path, uri, header:NAME, cookie:NAME or query:NAME",
        (string text, out RequestKey value, ref string? hint) =>
        {
            value = text switch
            {
                "client_ip" => RequestKey.ClientIp,
                "host" => new RequestKey(RequestKeyKind.Host, ""),
                "path" => new RequestKey(RequestKeyKind.Path, ""),
                "uri" => new RequestKey(RequestKeyKind.Uri, ""),
                _ when text == word => new RequestKey(kind, ""),
                _ when Named(text, Header) is { } name => new RequestKey(RequestKeyKind.Header, name),
                _ when Named(text, Cookie) is { } name => new RequestKey(RequestKeyKind.Cookie, name),
                _ when Named(text, Query) is { } name => new RequestKey(RequestKeyKind.Query, name),
                _ => default,
            };
            hint = text == "ip" ? "did you mean client_ip?" : null;
            return value.Name is not null;
        },
        Format,
        Schema.Text($"client_ip|{word}|host|path|uri|(header|cookie|query):.+"));

    private static string Format(RequestKey key) => key.Kind switch
    {
        RequestKeyKind.Route => "route",
        RequestKeyKind.Sni => "sni",
        RequestKeyKind.Host => "host",
        RequestKeyKind.Path => "path",
        RequestKeyKind.Uri => "uri",
        RequestKeyKind.Header => Header + key.Name,
        RequestKeyKind.Cookie => Cookie + key.Name,
        RequestKeyKind.Query => Query + key.Name,
        RequestKeyKind.ClientIp or _ => "client_ip",
    };

    private static string? Named(string text, string mark) =>
        text.StartsWith(mark, StringComparison.Ordinal) && text.Length <= 256 && Texts.IsToken(text[mark.Length..]) ? text[mark.Length..] : null;
}
