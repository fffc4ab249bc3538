using Atlas.Core.Routing;

namespace Atlas.Proxy.Snapshots;

/// <summary>A listener's routes: immutable. The first that matches a request takes it.</summary>
public sealed class ListenerRoutes
{
    private readonly RouteSnapshot[] _routes;

    /// <summary>Routes, the first of which has precedence.</summary>
    /// <exception cref="ArgumentException">A regular expression is not valid.</exception>
    /// <exception cref="NotSupportedException">A regular expression needs backtracking.</exception>
    public ListenerRoutes(IReadOnlyList<RouteSnapshot> routes)
    {
        _routes = [.. routes];
        Table = RouteTable.Compile([.. routes.Select(route => route.Match)]);
    }

    private ListenerRoutes(RouteSnapshot[] routes, RouteTable table)
    {
        _routes = routes;
        Table = table;
    }

    /// <summary>The routes in the order of the configuration.</summary>
    public IReadOnlyList<RouteSnapshot> Routes => _routes;

    /// <summary>Finds routes by what they match.</summary>
    internal RouteTable Table { get; }

    internal RouteSnapshot this[int index] => _routes[index];

    /// <summary>The same routes to other pools. O(routes); nothing is compiled.</summary>
    internal ListenerRoutes With(Func<PoolSnapshot, PoolSnapshot> next) => new([.. _routes.Select(route => route.With(next))], Table);

    /// <summary>One route without a name that takes every request to a pool.</summary>
    public static ListenerRoutes To(PoolSnapshot pool) => new([new RouteSnapshot("") { Pool = pool }]);
}
