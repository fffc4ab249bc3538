using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What a route must have, and which routes no request can reach.</summary>
internal static class RouteRules
{
    // Half of what a head is written into beside the longest that a client may send by default.
    private const int MaxHeaderBytes = 32 * 1024;

    private static readonly string[] Actions = ["pool", "split", "redirect", "respond"];
    private static readonly string[] ForwardingKeys = ["mirror", "rewrite", "request_headers", "timeouts", "retry"];

    /// <summary>Adds an error for every rule that the listener's routes break.</summary>
    public static void Check(ListenerConfig listener, KnownNames names, Findings findings)
    {
        if (!listener.Source.IsWritten("routes"))
        {
            return;
        }

        findings.Unique(
            listener.Routes,
            route => route.Name,
            route => route.Source.PositionOf("name"),
            (name, line) => $"two routes of listener '{listener.Name}' have the name '{name}', the first in line {line}: names are unique in a listener");
        CheckReach(listener.Routes, findings);
        foreach (var route in listener.Routes)
        {
            CheckAction(route, findings);
            CheckSplit(route, names, findings);
            CheckAnswer(route, findings);
            CheckHeaders(route, findings);
            findings.Refer(route.Source.PositionOf("pool"), "pool", route.Pool, names.Pools);
            if (route.Mirror is { Pool.Length: > 0 } mirror)
            {
                findings.Refer(mirror.Source.PositionOf("pool"), "pool", mirror.Pool, names.Pools);
                if (names.Http2Pools.Contains(mirror.Pool))
                {
                    findings.Add(
                        mirror,
                        "pool",
                        $"copies of requests go over HTTP/1.1 only, and pool '{mirror.Pool}' speaks HTTP/2: name a pool of protocol http1");
                }
            }

            if (route.RateLimit is { } limit)
            {
                findings.Refer(limit.Source.PositionOf("store"), "store", limit.Store, names.Stores);
                if (limit.Store is null)
                {
                    findings.Forbid(limit, ["on_store_failure"], "is about a store, and this limit is the node's own: name a 'store', or remove it");
                }
            }
        }
    }

    /// <summary>Whether every request matches.</summary>
    public static bool MatchesAll(MatchConfig match) =>
        match.IsEmpty || (match with { Paths = [] }).IsEmpty && match.Paths.Any(path => path.MatchesAll);

    // The first route that matches serves. One behind a route that matches everything, or behind one with the same match, is a
    // mistake that shows only once its requests go elsewhere, so it is refused.
    private static void CheckReach(ValueList<RouteConfig> routes, Findings findings)
    {
        var first = new Dictionary<MatchConfig, RouteConfig>();
        RouteConfig? all = null;
        foreach (var (index, route) in routes.Index())
        {
            bool isLast = index == routes.Count - 1;
            if (all is not null)
            {
                findings.Add(
                    route.Position,
                    $"route '{route.Name}' is never reached: '{all.Name}' in line {all.Position.Line} matches every request; "
                        + "move that one to the end");
            }
            else if (!isLast && findings.IsRefusedBetween(route.Position, routes[index + 1].Position))
            {
                // What it matches is not known.
                continue;
            }
            else if (MatchesAll(route.Match))
            {
                all = route;
            }
            else if (!first.TryAdd(route.Match, route))
            {
                var before = first[route.Match];
                findings.Add(
                    route.Position,
                    $"route '{route.Name}' is never reached: '{before.Name}' in line {before.Position.Line} matches the same requests; "
                        + "remove one of them");
            }
        }
    }

    private static void CheckAction(RouteConfig route, Findings findings)
    {
        string[] written = [.. Actions.Where(route.Source.IsWritten)];
        if (written.Length == 0)
        {
            findings.Add(route.Position, $"route '{route.Name}' does nothing: it needs exactly one of pool, split, redirect and respond");
        }
        else if (written.Length > 1)
        {
            findings.Add(
                route,
                written[1],
                $"route '{route.Name}' has {string.Join(" and ", written)}, but exactly one of pool, split, redirect and respond is allowed");
        }
        else if (written[0] is "redirect" or "respond")
        {
            findings.Forbid(route, ForwardingKeys, $"is about a server, and this route answers with '{written[0]}' itself: remove it");
        }
    }

    private static void CheckSplit(RouteConfig route, KnownNames names, Findings findings)
    {
        if (route.Split.Count > 0 && route.Split.All(part => part.Weight == 0))
        {
            findings.Add(route, "split", "every part of this 'split' has weight 0: give at least one a weight from 1 to 65535");
        }

        findings.Unique(
            route.Split,
            part => part.Pool,
            part => part.Source.PositionOf("pool"),
            (pool, line) => $"pool '{pool}' stands in this 'split' twice, first in line {line}: add the weights");
        foreach (var part in route.Split.Where(part => part.Pool.Length > 0))
        {
            findings.Refer(part.Source.PositionOf("pool"), "pool", part.Pool, names.Pools);
        }
    }

    private static void CheckAnswer(RouteConfig route, Findings findings)
    {
        if (route.Redirect is { } redirect && redirect.To.Contains("{rest}", StringComparison.Ordinal)
            && (route.Match.Paths.Count == 0 || route.Match.Paths.Any(path => path.Kind != PathPatternKind.Prefix)))
        {
            findings.Add(
                redirect,
                "to",
                "{rest} is what a path prefix left over, and this route does not match prefixes alone: match /prefix/*, or use {path}");
        }

        if (route.Redirect is { } to && IsInAuthority(to.To, "{rest}"))
        {
            findings.Add(to, "to", "{rest} here would be a part of the host that clients choose: put a slash before it");
        }

        if (route.Respond is { Status: 204 or 205 or 304, Body.Length: > 0 } respond)
        {
            findings.Add(
                respond,
                "body",
                $"a response with status {respond.Status} has no body (RFC 9110 15): remove 'body', or choose another status");
        }
    }

    private static void CheckHeaders(RouteConfig route, Findings findings)
    {
        foreach (var (key, rules) in new[] { ("request_headers", route.RequestHeaders), ("response_headers", route.ResponseHeaders) })
        {
            if (BytesOf(rules.Set) + BytesOf(rules.Add) > MaxHeaderBytes)
            {
                findings.Add(route, key, $"the headers in '{key}' have more than {MaxHeaderBytes / 1024} KiB together, which most servers refuse");
            }
        }

        if (route.Respond is { } respond && BytesOf(respond.Headers) > MaxHeaderBytes)
        {
            findings.Add(respond, "headers", $"the 'headers' have more than {MaxHeaderBytes / 1024} KiB together, which most clients refuse");
        }
    }

    private static int BytesOf(ValueList<HeaderSetting> headers) => headers.Sum(header => header.Name.Length + header.Value.Length + 4);

    // Whether a placeholder stands after the two slashes that begin a host and before any path: {path} and {query} begin with
    // what ends the host.
    private static bool IsInAuthority(string to, string placeholder)
    {
        int slashes = to.StartsWith("//", StringComparison.Ordinal) ? 0 : to.IndexOf("://", StringComparison.Ordinal) + 1;
        bool hasHost = slashes > 0 || to.StartsWith("//", StringComparison.Ordinal);
        int at = hasHost ? to.IndexOf(placeholder, slashes, StringComparison.Ordinal) : -1;
        string before = at < 0 ? "/" : to[(slashes + 2)..at];
        return !before.Contains('/', StringComparison.Ordinal)
            && !before.Contains('?', StringComparison.Ordinal)
            && !before.Contains("{path}", StringComparison.Ordinal);
    }
}
