using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing;

/// <summary>Compares a request with all conditions of one route. Immutable.</summary>
internal sealed class RouteMatcher
{
    private readonly HostMatcher[] _hosts;
    private readonly PathMatcher[] _paths;
    private readonly byte[][] _methods;
    private readonly IpNetwork[] _clients;
    private readonly FieldMatcher[] _fields;

    /// <summary>A matcher for a route's conditions.</summary>
    /// <exception cref="ArgumentException">An expression is not valid.</exception>
    /// <exception cref="NotSupportedException">An expression could take more than linear time.</exception>
    public RouteMatcher(MatchConfig match)
    {
        _hosts = [.. match.Hosts.Select(host => new HostMatcher(host))];

        // "/*" is every path, also that of OPTIONS * (PathPattern.MatchesAll).
        _paths = match.Paths.Any(path => path.MatchesAll) ? [] : [.. match.Paths.Select(path => new PathMatcher(path))];
        _methods = [.. match.Methods.Select(Encoding.UTF8.GetBytes)];
        _clients = [.. match.Clients];
        _fields =
        [
            .. match.Headers.Select(header => new FieldMatcher(FieldSource.Header, header)),
            .. match.Cookies.Select(cookie => new FieldMatcher(FieldSource.Cookie, cookie)),
            .. match.Query.Select(parameter => new FieldMatcher(FieldSource.Query, parameter)),
        ];
    }

    /// <summary>The hosts of which one must match; none: every host.</summary>
    public ReadOnlySpan<HostMatcher> Hosts => _hosts;

    /// <summary>The paths of which one must match; none: every path.</summary>
    public ReadOnlySpan<PathMatcher> Paths => _paths;

    /// <summary>The methods of which one must match; none: every method.</summary>
    public ReadOnlySpan<byte[]> Methods => _methods;

    /// <summary>The networks of which one must match; none: every client.</summary>
    public ReadOnlySpan<IpNetwork> Clients => _clients;

    /// <summary>The headers, cookies and parameters that must all match.</summary>
    public ReadOnlySpan<FieldMatcher> Fields => _fields;

    /// <summary>The condition that a field belongs to.</summary>
    public static RouteCondition ConditionOf(FieldSource source) => source switch
    {
        FieldSource.Header => RouteCondition.Header,
        FieldSource.Cookie => RouteCondition.Cookie,
        FieldSource.Query or _ => RouteCondition.Query,
    };

    /// <summary>The first condition that does not hold. One that is not decided, as the request has more of its kind than is looked at,
    /// counts only where all others hold; then <see cref="RouteScratch.CutOff"/> says so.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path in the form of <see cref="RequestPath"/>.</param>
    /// <param name="scratch">Memory of the calling worker.</param>
    /// <param name="field">The field whose condition does not hold, or null.</param>
    public RouteCondition FirstFailure<TRequest>(
        ref TRequest request, scoped ReadOnlySpan<byte> path, RouteScratch scratch, out FieldMatcher? field)
        where TRequest : IRouteRequest, allows ref struct
    {
        field = null;
        scratch.CutOff = RouteCondition.None;
        if (!HasHost(request.Host))
        {
            return RouteCondition.Host;
        }

        if (!HasPath(path, scratch))
        {
            return RouteCondition.Path;
        }

        if (!HasMethod(request.Method))
        {
            return RouteCondition.Method;
        }

        if (!HasClient(request.Client))
        {
            return RouteCondition.Client;
        }

        RouteCondition undecided = RouteCondition.None;
        foreach (FieldMatcher candidate in _fields)
        {
            scratch.CutOff = RouteCondition.None;
            if (candidate.Matches(ref request, scratch))
            {
                continue;
            }

            if (scratch.CutOff == RouteCondition.None)
            {
                field = candidate;
                return ConditionOf(candidate.Source);
            }

            field = undecided == RouteCondition.None ? candidate : field;
            undecided = undecided == RouteCondition.None ? scratch.CutOff : undecided;
        }

        scratch.CutOff = undecided;
        return undecided;
    }

    private bool HasHost(ReadOnlySpan<byte> host)
    {
        host = HostMatcher.WithoutRoot(host);
        foreach (HostMatcher candidate in _hosts)
        {
            if (candidate.Matches(host))
            {
                return true;
            }
        }

        return _hosts.Length == 0;
    }

    private bool HasPath(scoped ReadOnlySpan<byte> path, RouteScratch scratch)
    {
        foreach (PathMatcher candidate in _paths)
        {
            if (candidate.Matches(path, scratch))
            {
                return true;
            }
        }

        return _paths.Length == 0;
    }

    private bool HasMethod(ReadOnlySpan<byte> method)
    {
        foreach (byte[] candidate in _methods)
        {
            if (method.SequenceEqual(candidate))
            {
                return true;
            }
        }

        return _methods.Length == 0;
    }

    private bool HasClient(ReadOnlySpan<byte> client)
    {
        foreach (IpNetwork network in _clients)
        {
            if (network.Contains(client))
            {
                return true;
            }
        }

        return _clients.Length == 0;
    }
}
