using Atlas.Core.Configuration;
using Atlas.Core.Routing.Indexing;

namespace Atlas.Core.Routing;

/// <summary>
/// Finds the first route of a listener that matches a request. Immutable, and shared by all workers.
/// </summary>
/// <remarks>
/// Routes are told apart by hosts, paths, path prefixes, methods, networks of clients, values (or beginnings of values) of
/// headers, cookies and parameters, and by literal text that stands in all that an expression matches, at the same cost for 10 as
/// for 10,000 of them. Not so routes that have none of these, or have only <c>*</c>, <c>!</c> or expressions of which nothing is
/// certain: they are tried one after the other, some 20 ns each, an expression 100 to 200 ns (measured: RouteTableBenchmarks).
/// <para>
/// Where two workers try the same expression that is not <see cref="Expressions.TextExpression.IsLight"/> at the same moment, one
/// of them allocates the engine's state, a few KiB; tables of their own would spare them that.
/// </para>
/// </remarks>
public sealed class RouteTable
{
    /// <summary>What <see cref="Find"/> says of a request with more cookies, parameters or repeats of a name than are looked at,
    /// where what is not looked at may decide. To be refused: padding must not get a client past a condition.</summary>
    public const int Undecided = -2;

    private readonly RouteMatcher[] _routes;
    private readonly RouteIndex _index;

    private RouteTable(RouteMatcher[] routes)
    {
        _routes = routes;
        _index = new RouteIndex(routes);
    }

    /// <summary>The number of routes.</summary>
    public int Count => _routes.Length;

    /// <summary>The most routes that a request is compared with one after the other, if it has one of what routes are told apart by.
    /// O(routes).</summary>
    public int MostCompared => _index.MostCompared;

    /// <summary>A table of routes, the first of which has precedence.</summary>
    /// <param name="matches">The conditions of each route.</param>
    /// <exception cref="ArgumentException">A regular expression is not valid.</exception>
    /// <exception cref="NotSupportedException">A regular expression needs backtracking.</exception>
    public static RouteTable Compile(IReadOnlyList<MatchConfig> matches) => new([.. matches.Select(match => new RouteMatcher(match))]);

    /// <summary>The index of the first route that matches; -1: none does; or <see cref="Undecided"/>. Allocates nothing once the scratch has grown.</summary>
    /// <typeparam name="TRequest">Best a struct, so that the code is made for it.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path in the form of <see cref="RequestPath.Normalize"/>.</param>
    /// <param name="scratch">Memory of the calling worker.</param>
    public int Find<TRequest>(scoped ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch)
        where TRequest : IRouteRequest, allows ref struct
    {
        scratch.Begin();
        int route = _index.Find(ref request, path, scratch);
        return scratch.UndecidedRoute < route ? Undecided : route < _routes.Length ? route : -1;
    }

    /// <summary>What each route says to a request, in their order. Looks at all of them: for people, not for traffic.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path in the form of <see cref="RequestPath.Normalize"/>.</param>
    public RouteVerdict[] Explain<TRequest>(scoped ref TRequest request, scoped ReadOnlySpan<byte> path)
        where TRequest : IRouteRequest, allows ref struct
    {
        var scratch = new RouteScratch();
        var verdicts = new RouteVerdict[_routes.Length];
        for (int i = 0; i < verdicts.Length; i++)
        {
            RouteCondition failed = _routes[i].FirstFailure(ref request, path, scratch, out FieldMatcher? field);
            scratch.CutOff = RouteCondition.None;
            verdicts[i] = new RouteVerdict(failed, field?.WrittenName ?? "");
        }

        return verdicts;
    }

    /// <summary>
    /// The longest path prefix of a route that a path begins with, with its last slash, for <see cref="RequestPath.RestStart"/>;
    /// empty if the route has none such, or takes every path. O(paths of the route).
    /// </summary>
    /// <param name="route">The route's index.</param>
    /// <param name="path">The path in the form of <see cref="RequestPath.Normalize"/>.</param>
    public ReadOnlySpan<byte> MatchedPrefix(int route, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> longest = default;
        foreach (PathMatcher candidate in _routes[route].Paths)
        {
            if (candidate.Kind == PathPatternKind.Prefix && candidate.Text.Length > longest.Length && path.StartsWith(candidate.Text))
            {
                longest = candidate.Text;
            }
        }

        return longest;
    }
}
