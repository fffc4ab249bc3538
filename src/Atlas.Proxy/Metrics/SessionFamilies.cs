using Atlas.Core.Telemetry;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Metrics;

/// <summary>The families of sessions.</summary>
internal static class SessionFamilies
{
    internal static void Write(IMetricWriter writer, SessionMetrics[] sessions)
    {
        writer.Family("atlas_session_operations_total", "What stores were asked for sessions, by what came of it.", MetricKind.Counter);
        foreach (SessionMetrics session in sessions)
        {
            foreach (SessionOperation operation in Enum.GetValues<SessionOperation>())
            {
                WriteResults(writer, session, operation);
            }
        }

        SessionMetrics[] kept = [.. sessions.Where(session => session.Memory is not null)];
        writer.Family("atlas_sessions_in_memory", "Sessions that stores of the type memory keep.", MetricKind.Gauge);
        foreach (SessionMetrics session in kept)
        {
            writer.Sample(session.Memory!.Table.Count, new MetricLabel("session", session.Name));
        }

        writer.Family("atlas_session_memory_bytes", "Memory that those sessions take, by estimate.", MetricKind.Gauge);
        foreach (SessionMetrics session in kept)
        {
            writer.Sample(session.Memory!.Table.Bytes, new MetricLabel("session", session.Name));
        }
    }

    private static void WriteResults(IMetricWriter writer, SessionMetrics session, SessionOperation operation)
    {
        foreach (StoreResult result in Enum.GetValues<StoreResult>())
        {
            long count = session.Read(operation, result);
            if (count > 0 || result == StoreResult.Done)
            {
                writer.Sample(
                    count,
                    new MetricLabel("session", session.Name),
                    new MetricLabel("operation", SessionMetrics.Operations[(int)operation]),
                    new MetricLabel("result", SessionMetrics.Results[(int)result]));
            }
        }
    }
}
