using System.Net;
using System.Text.RegularExpressions;
using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Routing;

/// <summary>What a request says, as texts; the path in the form in which it is compared.</summary>
internal sealed record RequestText(
    string Host, string Path, (string Name, string Value)[] Query, string Method, string Client, (string Name, string Value)[] Headers,
    (string Name, string Value)[] Cookies)
{
    public TestRequest ToRequest() => new(
        Host,
        Path,
        string.Join('&', Query.Select(pair => $"{pair.Name}={pair.Value}")),
        Method,
        Client,
        [.. Headers, .. Cookies.Select(pair => ("cookie", $"{pair.Name}={pair.Value}; z=0"))]);
}

/// <summary>Matches the way the documentation says it, over texts, one route after the other.</summary>
internal static class ReferenceTable
{
    public static int Find(MatchConfig[] routes, RequestText request) => Array.FindIndex(routes, match => Matches(match, request));

    private static bool Matches(MatchConfig match, RequestText request) =>
        (match.Hosts.Count == 0 || match.Hosts.Any(host => Matches(host, request.Host)))
        && (match.Paths.Count == 0 || match.Paths.Any(path => Matches(path, request.Path)))
        && (match.Methods.Count == 0 || match.Methods.Contains(request.Method))
        && (match.Clients.Count == 0 || (request.Client.Length > 0 && match.Clients.Any(network => network.Contains(IPAddress.Parse(request.Client)))))
        && match.Headers.All(field => Matches(field, request.Headers, StringComparison.OrdinalIgnoreCase))
        && match.Cookies.All(field => Matches(field, request.Cookies, StringComparison.Ordinal))
        && match.Query.All(field => Matches(field, request.Query, StringComparison.Ordinal));

    private static bool Matches(HostPattern pattern, string host)
    {
        string name = host.ToLowerInvariant();
        name = name.EndsWith('.') && name.Length > 1 ? name[..^1] : name;
        return pattern.IsWildcard ? name.EndsWith(pattern.Name, StringComparison.Ordinal) && name != pattern.Name : name == pattern.Name;
    }

    private static bool Matches(PathPattern pattern, string path) => pattern.Kind switch
    {
        PathPatternKind.Exact => path == pattern.Text,
        PathPatternKind.Prefix => pattern.Text == "/" || path.StartsWith(pattern.Text, StringComparison.Ordinal),
        _ => Regex.IsMatch(path, pattern.Text),
    };

    private static bool Matches(FieldMatch field, (string Name, string Value)[] pairs, StringComparison comparison)
    {
        string[] values = [.. pairs.Where(pair => pair.Name.Equals(field.Name, comparison)).Select(pair => pair.Value)];
        string text = field.Value.Text;
        return field.Value.Kind switch
        {
            ValuePatternKind.Exact => values.Contains(text),
            ValuePatternKind.Prefix => values.Any(value => value.StartsWith(text, StringComparison.Ordinal)),
            ValuePatternKind.Present => values.Length > 0,
            ValuePatternKind.Absent => values.Length == 0,
            _ => values.Any(value => Regex.IsMatch(value, text)),
        };
    }
}
