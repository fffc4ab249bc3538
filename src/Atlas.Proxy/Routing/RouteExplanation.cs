using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Routing;

/// <summary>What a listener would do with a request, found by the code that does it. For people: it allocates.</summary>
public sealed class RouteExplanation
{
    private RouteExplanation(HttpError error, PathStatus path)
    {
        Error = error;
        PathStatus = path;
    }

    /// <summary>Why the request is refused before its path is looked at; <see cref="HttpError.None"/>: it is not.</summary>
    public HttpError Error { get; }

    /// <summary>What was found of its path; routes are looked for only with <see cref="PathStatus.Ok"/>.</summary>
    public PathStatus PathStatus { get; }

    /// <summary>The path as routes compare it.</summary>
    public string Path { get; private init; } = "";

    /// <summary>The index of the route that takes the request; -1: none.</summary>
    public int Route { get; private init; } = -1;

    /// <summary>Why the request is refused without a route: it has more of this than is looked at; None: it is not.</summary>
    public RouteCondition UndecidedBy { get; private init; }

    /// <summary>What each route says, in the order of the configuration.</summary>
    public IReadOnlyList<RouteVerdict> Verdicts { get; private init; } = [];

    /// <summary>The path and query that the route's server gets; empty without a route.</summary>
    public string Target { get; private init; } = "";

    /// <summary>Where the route's redirect leads this request; empty: it has none.</summary>
    public string Location { get; private init; } = "";

    /// <summary>Explains a request.</summary>
    /// <param name="listener">An HTTP listener.</param>
    /// <param name="head">The request's head as it would be on the wire.</param>
    /// <param name="client">The client's address, after trusted proxies; of one in their networks forwarding fields are believed.</param>
    public static RouteExplanation Of(ListenerConfig listener, string head, IPAddress client)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(head);
        var request = new RequestHead();
        RequestParser parser = default;
        var limits = new HttpLimits(listener.Limits.RequestLineBytes, listener.Limits.HeadersBytes, listener.Limits.HeaderCount);
        if (parser.Parse(bytes, request, limits) != ParseStatus.Done)
        {
            return new RouteExplanation(parser.Error, PathStatus.Ok);
        }

        ReadOnlySpan<byte> raw = request.Path.Of(bytes);
        PathStatus status = RequestPath.Normalize(raw, listener.EncodedSlashes, new byte[raw.Length], out ReadOnlySpan<byte> path);
        if (status != PathStatus.Ok)
        {
            return new RouteExplanation(HttpError.None, status);
        }

        var table = RouteTable.Compile([.. listener.Routes.Select(route => route.Match)]);
        byte[] ip = client.GetAddressBytes();
        bool isTrusted = listener.TrustedProxies.Any(network => network.Contains(ip));
        var view = new RequestView(bytes, request, ip, isTrusted);
        RouteVerdict[] verdicts = table.Explain(ref view, path);
        var scratch = new RouteScratch();
        int index = table.Find(ref view, path, scratch);
        return new RouteExplanation(HttpError.None, status)
        {
            Path = Encoding.UTF8.GetString(path),
            Verdicts = verdicts,
            Route = Math.Max(index, -1),
            Location = index >= 0 && listener.Routes[index].Redirect is RedirectConfig redirect
                ? LocationOf(redirect, request, bytes, path, table.MatchedPrefix(index, path), isTrusted)
                : "",
            UndecidedBy = index == RouteTable.Undecided ? scratch.UndecidedBy : RouteCondition.None,
            Target = index < 0 ? "" : TargetOf(listener, listener.Routes[index], request, bytes),
        };
    }

    private static string TargetOf(ListenerConfig listener, RouteConfig route, RequestHead request, byte[] bytes)
    {
        ReadOnlySpan<byte> path = request.Path.Of(bytes);
        path = path.IsEmpty ? "/"u8 : path;
        PathRewrite? rewrite = RouteBuilder.RewriteOf(listener, route);
        string changed = Encoding.Latin1.GetString(rewrite is null ? path : rewrite.Apply(path, new PathScratch()));
        return request.HasQuery ? $"{changed}?{Encoding.Latin1.GetString(request.Query.Of(bytes))}" : changed;
    }

    private static string LocationOf(
        RedirectConfig redirect,
        RequestHead request,
        byte[] bytes,
        ReadOnlySpan<byte> path,
        ReadOnlySpan<byte> prefix,
        bool isTrusted)
    {
        ReadOnlySpan<byte> raw = request.Path.Of(bytes);
        int rest = RequestPath.RestStart(raw, path, prefix);
        int told = isTrusted ? request.Headers.IndexOf(KnownHeader.XForwardedProto) : -1;
        bool isHttps = told >= 0 && Ascii.EqualsIgnoreCase(request.Headers[told].Value.Of(bytes), "https"u8);
        var answered = new AnsweredRequest
        {
            Scheme = isHttps ? "https"u8 : "http"u8,
            Host = request.Host.Of(bytes),
            Authority = request.Authority.Of(bytes),
            Path = raw,
            Rest = rest < 0 ? default : raw[rest..].TrimStart((byte)'/'),
            HasQuery = request.HasQuery,
            Query = request.Query.Of(bytes),
        };

        // A placeholder stands for a part of the request, of which each byte may be written as three.
        byte[] text = new byte[redirect.To.Length + (redirect.To.Count(character => character == '{') * 3 * bytes.Length)];
        var writer = new HeadWriter(text);
        new LocationTemplate(redirect.To).Write(ref writer, answered);
        return Encoding.Latin1.GetString(text.AsSpan(0, writer.Written));
    }
}
