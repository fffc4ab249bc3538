using Atlas.Admin.Reports;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using Atlas.Proxy.Snapshots;
using CircuitReport = Atlas.Admin.Reports.CircuitReport;
using CircuitState = Atlas.Core.Resilience.CircuitState;

namespace Atlas.Running;

/// <summary>What the admin server tells of what real requests have against servers and pools.</summary>
internal static class FailureNotes
{
    // The clock of workers: on Linux both count from the machine's start.
    private static long NowMs => Environment.TickCount64;

    /// <summary>A pool's circuit breaker; null: it has none.</summary>
    internal static CircuitReport? OfCircuit(PoolSnapshot pool)
    {
        if (pool.CircuitBreaker is not CircuitBreaker breaker)
        {
            return null;
        }

        long nowMs = NowMs;
        Core.Resilience.CircuitReport now = breaker.Look(nowMs);
        bool isClosed = now.State == CircuitState.Closed;
        return new CircuitReport
        {
            State = now.State switch
            {
                CircuitState.Closed => Admin.Reports.CircuitState.Closed,
                CircuitState.Open => Admin.Reports.CircuitState.Open,
                CircuitState.HalfOpen => Admin.Reports.CircuitState.HalfOpen,
                _ => throw new InvalidOperationException("unknown state"),
            },
            Since = now.SinceMs == 0 ? null : DateTimeOffset.UtcNow.AddMilliseconds(now.SinceMs - nowMs),
            Reason = isClosed ? null : now.Reason,
            RetryAfterSeconds = isClosed ? null : Seconds(now.RetryAfterMs),
        };
    }

    /// <summary>A server's ejection; null: it is not ejected.</summary>
    internal static EjectionReport? OfEjection(ServerOutliers server) =>
        server.EjectedFor is string reason ? new EjectionReport(reason, Seconds(server.EjectedUntilMs - NowMs)) : null;

    /// <summary>Why a server is not ejected though real requests fail; null: they do not, or it is.</summary>
    /// <param name="server">The server.</param>
    /// <param name="consecutiveFailures">Those that are enough in its pool; null: none is ejected there.</param>
    internal static string? WhyNotEjected(ServerOutliers server, int? consecutiveFailures)
    {
        if (server.IsEjected || consecutiveFailures is not int enough)
        {
            return null;
        }

        OutlierEvidence evidence = server.Evidence(NowMs);
        return server.KeptFor ?? (evidence.IsOfOneClient(enough) ? evidence.DescribeOneClient(enough) : null);
    }

    private static double Seconds(long ms) => Math.Round(Math.Max(ms, 0) / 1e3, 1);
}
