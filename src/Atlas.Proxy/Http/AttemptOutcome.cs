using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>What a try says of its server, and who is told.</summary>
internal static class AttemptOutcome
{
    /// <summary>Counts the try that has just ended for or against its server.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The client's.</param>
    /// <param name="x">The request.</param>
    /// <param name="server">The server.</param>
    /// <returns>What it says.</returns>
    internal static ServerOutcome Report(WorkerContext context, Downstream session, Exchange x, ServerState server)
    {
        ServerOutcome outcome = Of(x, session);
        if (x.Pool!.ConsecutiveFailures is int failures && outcome != ServerOutcome.None)
        {
            // Successes are most, and need no client. Clients that share a key only make it take longer to eject a server.
            uint client = outcome.IsFailure() ? (uint)KeyHash.Of(x.Client.IsEmpty ? session.PeerIp : x.Client.Of(x.HeadBytes)) : 0;
            if (server.Outliers.Report(outcome, client, context.Loop.NowMs, failures))
            {
                x.Pool.Observer?.ServerSuspected(x.Pool.Name, server);
            }
        }

        return outcome;
    }

    private static ServerOutcome Of(Exchange x, Downstream session)
    {
        if (x.ResponseUs != 0)
        {
            // How the rest of the exchange went may be the client's doing.
            return ServerOutcomes.OfStatus(x.Response.Status);
        }

        if (x.ClientGone || session.IsAborted || x.ConnectFailedHere || x.IsExpiredElsewhere)
        {
            return ServerOutcome.None;
        }

        return x.Error switch
        {
            ProxyError.ConnectFailed or ProxyError.ConnectTimeout or ProxyError.TlsFailed => ServerOutcome.ConnectFailure,
            ProxyError.UpstreamReset or ProxyError.UpstreamProtocol => ServerOutcome.GatewayFailure,
            ProxyError.UpstreamTimeout => ServerOutcome.GatewayFailure,
            _ => ServerOutcome.None,
        };
    }
}
