using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>The families of servers.</summary>
internal static class ServerFamilies
{
    internal static void Write(IMetricWriter writer, ServerMetrics[] servers)
    {
        MetricRow[] rows =
        [
            .. servers.Select(server => new MetricRow(
                [new MetricLabel("pool", server.Pool), new MetricLabel("server", server.Server)],
                server.Read())),
        ];
        Counter("attempts_total", "Requests tried at a server.", ServerCells.Attempts);
        Counter("retries_total", "Attempts that the retry policy made after one that failed.", ServerCells.Retries);
        Counter("failovers_total", "Attempts that followed at once on a server that did not take the request.", ServerCells.Failovers);
        Counter("repeats_total", "Attempts that sent a request again as a kept connection closed.", ServerCells.Repeats);
        MetricRows.Statuses(
            writer, rows, "atlas_upstream_responses_total", "Responses by class of their status.", ServerCells.Statuses);
        MetricRows.Errors(
            writer, rows, "atlas_upstream_errors_total", "Attempts that failed, by reason flag.", ServerCells.Errors);
        MetricRows.Durations(
            writer,
            rows,
            "atlas_upstream_first_byte_seconds",
            "Time from the request's head sent to the response's first byte.",
            ServerCells.FirstBytes,
            ServerCells.FirstByteSumUs);
        Counter("connections_total", "Connections made.", ServerCells.Connected);
        Gauge("active", "Attempts under way.", ServerCells.Active);
        Gauge("connections_idle", "Connections that wait for the next request.", ServerCells.Idle);

        void Counter(string name, string help, int cell) =>
            MetricRows.Cell(writer, rows, "atlas_upstream_" + name, help, MetricKind.Counter, cell);

        void Gauge(string name, string help, int cell) =>
            MetricRows.Cell(writer, rows, "atlas_upstream_" + name, help, MetricKind.Gauge, cell);
    }
}
