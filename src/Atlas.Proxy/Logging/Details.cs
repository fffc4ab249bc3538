using System.Text;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;

namespace Atlas.Proxy.Logging;

/// <summary>What was wrong with a message, as logs say it.</summary>
internal static class Details
{
    private static readonly byte[][] Texts = [.. Enum.GetValues<HttpError>().Select(error => Encoding.ASCII.GetBytes(TextOf(error)))];

    /// <summary>The sentence of an error; empty for none. O(1).</summary>
    internal static ReadOnlySpan<byte> Of(HttpError error) => (int)error < Texts.Length ? Texts[(int)error] : default;

    /// <summary>What is wrong with a path; empty if nothing is.</summary>
    internal static ReadOnlySpan<byte> Of(PathStatus status) => status switch
    {
        PathStatus.Malformed => "malformed path"u8,
        PathStatus.EncodedNul => "%00 in the path"u8,
        PathStatus.Ambiguous => "dot segments in the path that servers read in different ways"u8,
        PathStatus.EncodedSlash => "encoded slash in the path"u8,
        PathStatus.Ok or PathStatus.Redirect or _ => default,
    };

    /// <summary>What a request has more of than the routes of its listener look at; empty for other conditions.</summary>
    internal static ReadOnlySpan<byte> Of(RouteCondition condition) => condition switch
    {
        RouteCondition.Header => "more than 16 of a header that a route compares"u8,
        RouteCondition.Cookie => "more than 256 cookies, or 16 of one that a route compares"u8,
        RouteCondition.Query => "more than 256 query parameters, or 16 of one that a route compares"u8,
        RouteCondition.None or RouteCondition.Host or RouteCondition.Path or RouteCondition.Method or RouteCondition.Client or _ => default,
    };

    private static string TextOf(HttpError error) => error == HttpError.None ? "" : error.Text();
}
