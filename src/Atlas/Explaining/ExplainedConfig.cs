using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;
using Atlas.Proxy.Routing;

namespace Atlas.Explaining;

/// <summary>Writes what a configuration would do with a request.</summary>
/// <param name="config">The configuration.</param>
/// <param name="output">Where to.</param>
internal sealed class ExplainedConfig(AtlasConfig config, TextWriter output)
{
    /// <summary>Writes it for each listener that the URL's port is bound to; where none is, for every HTTP listener.</summary>
    internal void Write(ExplainedRequest request, IPAddress client)
    {
        bool isBound = config.Listeners.Any(listener => Takes(listener, request.Url.Port));
        foreach (ListenerConfig listener in config.Listeners)
        {
            if (listener.Protocol != ListenerProtocol.Http)
            {
                output.WriteLine($"listener {listener.Name}: no: it does not speak HTTP");
            }
            else if (isBound && !Takes(listener, request.Url.Port))
            {
                output.WriteLine($"listener {listener.Name}: no: it is not bound to port {request.Url.Port}");
            }
            else
            {
                string note = isBound ? "" : $" (though no listener is bound to port {request.Url.Port})";
                output.WriteLine($"listener {listener.Name}: yes{note}");
                WriteRoutes(listener, RouteExplanation.Of(listener, request.Head, client), new ExplainedServers(config, listener, request, client));
            }
        }
    }

    private static bool Takes(ListenerConfig listener, int port) =>
        listener.Protocol == ListenerProtocol.Http && listener.Bind.Any(bind => bind.Port == port);

    private void WriteRoutes(ListenerConfig listener, RouteExplanation explanation, ExplainedServers servers)
    {
        if (explanation.Error != HttpError.None)
        {
            output.WriteLine($"  refused: {explanation.Error.Text()}: {explanation.Error.StatusCode()}");
            return;
        }

        if (explanation.PathStatus != PathStatus.Ok)
        {
            output.WriteLine($"  {TextOf(explanation.PathStatus)}");
            return;
        }

        output.WriteLine($"  path: {explanation.Path}");
        if (explanation.UndecidedBy != RouteCondition.None)
        {
            output.WriteLine($"  {TextOf(explanation.UndecidedBy)}");
            return;
        }

        foreach (var (index, verdict) in explanation.Verdicts.Index())
        {
            RouteConfig route = listener.Routes[index];
            bool isLate = explanation.Route >= 0 && index > explanation.Route;
            output.WriteLine(
                index == explanation.Route ? $"  route {route.Name}: yes"
                : verdict.IsMatch && isLate ? $"  route {route.Name}: no: it matches, but {listener.Routes[explanation.Route].Name} stands before it"
                : $"  route {route.Name}: no: {ExplainedMatch.Reason(route.Match, verdict)}");
            if (index == explanation.Route)
            {
                WriteAction(route, explanation, servers);
            }
        }

        if (explanation.Route < 0)
        {
            output.WriteLine("  no route takes it: 404 (NR)");
        }
    }

    private void WriteAction(RouteConfig route, RouteExplanation explanation, ExplainedServers servers)
    {
        if (route.RateLimit is { } limit)
        {
            output.WriteLine($"    lets {limit.Rate} pass, {limit.Burst} at once: more is 429 (RL)");
        }

        if (route.Redirect is { } redirect)
        {
            output.WriteLine($"    redirects with {redirect.Status} to {explanation.Location}");
            return;
        }

        if (route.Respond is { } respond)
        {
            output.WriteLine($"    responds with {respond.Status}");
            return;
        }

        string host = route.Rewrite is { Host.Length: > 0 } rewrite ? $", Host: {rewrite.Host}" : "";
        output.WriteLine($"    the server gets: {explanation.Target}{host}");
        int sum = route.Split.Sum(part => part.Weight);
        foreach (SplitConfig part in route.Split)
        {
            WritePool(part.Pool, $", {part.Weight} of {sum} requests", servers);
        }

        if (route.Pool is not null)
        {
            WritePool(route.Pool, "", servers);
        }

        if (route.Mirror is { } mirror)
        {
            WritePool(mirror.Pool, FormattableString.Invariant($", a copy of {mirror.Share:P0} of the requests"), servers: null);
        }
    }

    private void WritePool(string name, string share, ExplainedServers? servers)
    {
        PoolConfig pool = config.FindPool(name)!;
        output.WriteLine($"    pool {name}{share}: {servers?.Which(pool) ?? ExplainedServers.ByBalance(pool)}");
        if (servers is not null && config.Sessions.FirstOrDefault(session => session.Name == pool.Session) is { } session)
        {
            output.WriteLine($"      session {session.Name}: the one in store {session.Store} that cookie {session.Cookie.Name} names, if any");
        }

        foreach (ServerConfig server in pool.Servers)
        {
            string backup = server.Backup ? ", backup: only while no other can serve" : "";
            string resolved = server is { Dns: not null } or { Address.IsName: true } ? ", each address of the name; resolved when it runs" : "";
            string weight = server.Dns is { RecordType: DnsRecordType.Srv } ? "weight by its records" : $"weight {server.Weight}";
            output.WriteLine($"      server {server.Name}: {weight}{backup}{resolved}");
        }
    }

    private static string TextOf(RouteCondition undecided) => undecided switch
    {
        RouteCondition.Header => "a header that a route compares is there more than 16 times: 400 (BR)",
        RouteCondition.Cookie => "more than 256 cookies, or 16 of one that a route compares: 400 (BR)",
        RouteCondition.Query or _ => "more than 256 query parameters, or 16 of one that a route compares: 400 (BR)",
    };

    private static string TextOf(PathStatus status) => status switch
    {
        PathStatus.Redirect => "the path has an encoded slash: 308 to the same path with slashes",
        PathStatus.EncodedSlash => "the path has an encoded slash: 400 (BR)",
        PathStatus.Ambiguous => "servers read the dot segments of the path in different ways: 400 (BR)",
        PathStatus.EncodedNul => "the path has %00: 400 (BR)",
        PathStatus.Malformed => "the path is malformed: 400 (BR)",
        PathStatus.Ok or _ => "",
    };
}
