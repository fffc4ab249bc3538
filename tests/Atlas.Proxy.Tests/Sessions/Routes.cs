using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Routes for a <see cref="ProxyWorld"/>: each of its servers is a pool.</summary>
internal static class Routes
{
    /// <summary>Changes a listener so that it has routes.</summary>
    /// <param name="make">Makes the routes from the pools, one for each server.</param>
    public static Func<HttpListenerSnapshot, HttpListenerSnapshot> Of(Func<PoolSnapshot[], RouteSnapshot[]> make) => front =>
    {
        PoolSnapshot all = front.Routes.Routes[0].Pool!;
        PoolSnapshot[] pools = [.. all.Servers.Select(server => new PoolSnapshot($"pool-{server.Name}", [server]))];
        return front with { Routes = new ListenerRoutes(make(pools)) };
    };

    /// <summary>A condition on the path: exact, or <c>/prefix/*</c>.</summary>
    public static MatchConfig Path(string path) => new()
    {
        Paths = [path.EndsWith('*') ? new PathPattern(PathPatternKind.Prefix, path[..^1]) : new PathPattern(PathPatternKind.Exact, path)],
    };

    /// <summary>A request without a body.</summary>
    public static string Get(string target, string fields = "") => $"GET {target} HTTP/1.1\r\nHost: front.example\r\n{fields}\r\n";
}
