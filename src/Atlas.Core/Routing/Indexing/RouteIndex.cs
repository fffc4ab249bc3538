namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Finds the first route that matches by comparing only those that have the request's host, path, or what else tells them
/// apart. Immutable.
/// </summary>
internal sealed class RouteIndex
{
    private readonly RouteMatcher[] _routes;
    private readonly RouteNode? _root;

    /// <summary>An index of these routes. O(n log n) and more where they have much in common.</summary>
    public RouteIndex(RouteMatcher[] routes)
    {
        _routes = routes;
        _root = RouteIndexBuilder.Build(routes);
    }

    /// <summary>The most routes that a request is compared with if it has one key of each set. O(routes).</summary>
    public int MostCompared => _root?.MostCompared ?? 0;

    /// <summary>The index of the first route that matches; the number of routes if none does.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path in the form of <see cref="RequestPath"/>.</param>
    /// <param name="scratch">Memory of the calling worker.</param>
    public int Find<TRequest>(ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch)
        where TRequest : IRouteRequest, allows ref struct => Find(_root, ref request, path, scratch, _routes.Length);

    // Best is the first route so far: sets that begin later are not looked at.
    private int Find<TRequest>(
        RouteNode? node, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        while (node is not null && node.First < best)
        {
            best = node.By switch
            {
                RouteCondition.None => Compare(node, ref request, path, scratch, best),
                RouteCondition.Host => FindByHost(node, ref request, path, scratch, best),
                RouteCondition.Path => FindByPath(node, ref request, path, scratch, best),
                RouteCondition.Method => FindByKey(node, request.Method, ref request, path, scratch, best),
                RouteCondition.Client => FindByClient(node, ref request, path, scratch, best),
                RouteCondition.Header => FindByField(node, FieldSource.Header, ref request, path, scratch, best),
                RouteCondition.Cookie => FindByField(node, FieldSource.Cookie, ref request, path, scratch, best),
                RouteCondition.Query or _ => FindByField(node, FieldSource.Query, ref request, path, scratch, best),
            };
            node = node.Rest;
        }

        return best;
    }

    private int Compare<TRequest>(
        RouteNode node, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        foreach (int route in node.Routes)
        {
            if (route >= best || route > scratch.UndecidedRoute)
            {
                break;
            }

            scratch.Compared++;
            if (_routes[route].FirstFailure(ref request, path, scratch, out _) == RouteCondition.None)
            {
                return route;
            }

            scratch.NotFound(route);
        }

        return best;
    }

    private int FindByKey<TRequest>(
        RouteNode node, scoped ReadOnlySpan<byte> key, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        int place = node.Keys.Find(key);
        return place < 0 ? best : Find(node.Children[place], ref request, path, scratch, best);
    }

    // The whole host, and what follows each of its labels.
    private int FindByHost<TRequest>(
        RouteNode node, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        // Of a host that is longer than any key, the end is enough.
        ReadOnlySpan<byte> host = HostMatcher.WithoutRoot(request.Host);
        host = host[Math.Max(0, host.Length - RouteKeys.MaxHostLength)..];
        int length = host.Length;
        Span<byte> lower = stackalloc byte[RouteKeys.MaxHostLength];
        for (int i = 0; i < length; i++)
        {
            lower[i] = host[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(host[i] | 0x20) : host[i];
        }

        best = FindByKey(node, lower[..length], ref request, path, scratch, best);
        for (int i = 1; i < length; i++)
        {
            if (lower[i] == '.' && node.Keys.HasLength(length - i))
            {
                best = FindByKey(node, lower[i..length], ref request, path, scratch, best);
            }
        }

        return best;
    }

    // All hits first, and in order: what is behind the first route that matches is not looked at.
    private int FindByLiteral<TRequest>(
        RouteNode node, scoped ReadOnlySpan<byte> text, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        int start = node.Literals!.Collect(text, scratch);
        for (int i = start; i < scratch.HitCount; i++)
        {
            best = Find(node.Children[scratch.Hit(i)], ref request, path, scratch, best);
        }

        scratch.EndHits(start);
        return best;
    }

    // The whole path, and what ends in each of its slashes but the first.
    private int FindByPath<TRequest>(
        RouteNode node, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        if (node.Literals is not null)
        {
            return FindByLiteral(node, path, ref request, path, scratch, best);
        }

        best = FindByKey(node, path, ref request, path, scratch, best);
        int end = Math.Min(path.Length - 1, node.Keys.MaxLength);
        for (int i = 1; i < end; i++)
        {
            if (path[i] == '/' && node.Keys.HasLength(i + 1))
            {
                best = FindByKey(node, path[..(i + 1)], ref request, path, scratch, best);
            }
        }

        return best;
    }

    private int FindByClient<TRequest>(
        RouteNode node, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        Span<byte> key = stackalloc byte[NetworkKeys.Length];
        for (int i = 0; i < node.Networks!.Count; i++)
        {
            if (node.Networks.TryWrite(request.Client, i, key))
            {
                best = FindByKey(node, key, ref request, path, scratch, best);
            }
        }

        return best;
    }

    private int FindByField<TRequest>(
        RouteNode node, FieldSource source, ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, int best)
        where TRequest : IRouteRequest, allows ref struct
    {
        Span<int> places = stackalloc int[RouteIndexBuilder.MaxPrefixLengths + 1];
        var cursor = new FieldCursor(source);
        while (cursor.Next(ref request, node.Name, scratch, out ReadOnlySpan<byte> value))
        {
            if (node.Literals is not null)
            {
                best = FindByLiteral(node, value, ref request, path, scratch, best);
                continue;
            }

            // All places first: comparing routes uses the scratch in which the value may be.
            places.Fill(-1);
            places[^1] = node.Keys.Find(value);
            for (int i = 0; i < node.PrefixLengths.Length; i++)
            {
                int length = node.PrefixLengths[i];
                places[i] = length < value.Length ? node.Keys.Find(value[..length]) : -1;
            }

            foreach (int place in places)
            {
                best = place < 0 ? best : Find(node.Children[place], ref request, path, scratch, best);
            }
        }

        // What is not looked at may have any of the keys: which routes it could lead to, only they can say.
        return scratch.CutOff == RouteCondition.None ? best : Compare(node, ref request, path, scratch, best);
    }
}
