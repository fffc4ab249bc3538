using Atlas.Core.Telemetry;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Metrics;

/// <summary>The families of UDP listeners.</summary>
internal static class UdpFamilies
{
    internal static void Write(IMetricWriter writer, UdpMetrics[] listeners)
    {
        MetricRow[] rows =
            [.. listeners.Select(listener => new MetricRow([new MetricLabel("listener", listener.Name)], listener.Read()))];
        Cell("sessions_total", "UDP sessions that began.", MetricKind.Counter, UdpCells.Created);
        Cell("sessions_open", "UDP sessions that are open.", MetricKind.Gauge, UdpCells.Open);
        Words("sessions_ended_total", "UDP sessions that ended, by reason.", UdpCells.Ends, UdpWords.Ends);
        Cell("sessions_without_answer_total", "UDP sessions that ended without an answer from a server.", MetricKind.Counter, UdpCells.Unanswered);
        Cell("sessions_moved_total", "Times that a UDP session left a server that refused it.", MetricKind.Counter, UdpCells.Moved);
        Cell("received_datagrams_total", "Datagrams received from clients.", MetricKind.Counter, UdpCells.DatagramsIn);
        Cell("received_bytes_total", "Their bytes.", MetricKind.Counter, UdpCells.BytesIn);
        Cell("sent_datagrams_total", "Datagrams sent to clients.", MetricKind.Counter, UdpCells.DatagramsOut);
        Cell("sent_bytes_total", "Their bytes.", MetricKind.Counter, UdpCells.BytesOut);
        Words("dropped_datagrams_total", "Datagrams of either direction that were not passed on, by reason.", UdpCells.Drops, UdpWords.Drops);

        void Cell(string name, string help, MetricKind kind, int cell) =>
            MetricRows.Cell(writer, rows, "atlas_udp_" + name, help, kind, cell);

        // Only those that happened, since most never do.
        void Words(string name, string help, int first, string[] words)
        {
            writer.Family("atlas_udp_" + name, help, MetricKind.Counter);
            foreach (MetricRow row in rows)
            {
                for (int i = 0; i < words.Length; i++)
                {
                    if (row.Sums[first + i] > 0)
                    {
                        writer.Sample(row.Sums[first + i], [.. row.Labels, new MetricLabel("reason", words[i])]);
                    }
                }
            }
        }
    }
}
