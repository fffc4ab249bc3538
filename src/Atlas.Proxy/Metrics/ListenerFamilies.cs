using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>The families of listeners.</summary>
internal static class ListenerFamilies
{
    internal static void Write(IMetricWriter writer, ListenerMetrics[] listeners)
    {
        MetricRow[] rows = [.. listeners.Select(RowOf)];
        WriteRequests(writer, [.. listeners.Where(listener => !listener.IsUnread).Select(RowOf)]);
        WriteHttp2(writer, [.. listeners.Where(listener => !listener.IsUnread).Select(RowOf)]);
        WriteSessions(writer, [.. listeners.Where(listener => listener.IsUnread).Select(RowOf)]);
        MetricRows.Kinds(
            writer,
            rows,
            "atlas_proxy_header_errors_total",
            "Connections closed for want of a valid PROXY protocol header, by reason.",
            ListenerCells.Intakes,
            "reason",
            IntakeCells.Names);
        MetricRows.Kinds(
            writer,
            rows,
            "atlas_tls_handshakes_total",
            "Handshakes of TLS with clients, by how they ended.",
            ListenerCells.Handshakes,
            "result",
            HandshakeCells.Names);
        MetricRows.Kinds(
            writer,
            rows,
            "atlas_http2_connection_errors_total",
            "Connections of HTTP/2 ended for what the client did, by reason.",
            ListenerCells.Http2Ends,
            "reason",
            Http2Cells.Names);
        MetricRows.Cell(
            writer, rows, "atlas_received_bytes_total", "Bytes received from clients.", MetricKind.Counter, ListenerCells.BytesIn);
        MetricRows.Cell(
            writer, rows, "atlas_sent_bytes_total", "Bytes sent to clients.", MetricKind.Counter, ListenerCells.BytesOut);
        MetricRows.Cell(
            writer, rows, "atlas_connections_total", "Connections of clients taken.", MetricKind.Counter, ListenerCells.Accepted);
        MetricRows.Cell(
            writer, rows, "atlas_connections_open", "Connections of clients that are open.", MetricKind.Gauge, ListenerCells.Open);
    }

    private static void WriteHttp2(IMetricWriter writer, MetricRow[] rows)
    {
        MetricRows.Cell(
            writer,
            rows,
            "atlas_http2_connections_total",
            "Connections of clients that spoke HTTP/2.",
            MetricKind.Counter,
            ListenerCells.Http2Connections);
        MetricRows.Cell(
            writer, rows, "atlas_http2_connections_open", "Connections of HTTP/2 that are open.", MetricKind.Gauge, ListenerCells.Http2Open);
        MetricRows.Cell(
            writer, rows, "atlas_http2_streams_total", "Streams that clients opened.", MetricKind.Counter, ListenerCells.Streams);
        MetricRows.Cell(
            writer, rows, "atlas_http2_streams_open", "Streams of clients that are open.", MetricKind.Gauge, ListenerCells.StreamsOpen);
    }

    private static MetricRow RowOf(ListenerMetrics listener) => new([new MetricLabel("listener", listener.Name)], listener.Read());

    private static void WriteRequests(IMetricWriter writer, MetricRow[] rows)
    {
        MetricRows.Statuses(
            writer, rows, "atlas_requests_total", "Requests by class of the status sent.", ListenerCells.Statuses);
        MetricRows.Errors(
            writer, rows, "atlas_request_errors_total", "Requests not relayed to their end, by reason flag.", ListenerCells.Errors);
        MetricRows.Kinds(
            writer,
            rows,
            "atlas_repaired_requests_total",
            "Ambiguous requests that were repaired, by kind.",
            ListenerCells.Repairs,
            "repair",
            RepairCells.Names);
        MetricRows.Durations(
            writer,
            rows,
            "atlas_request_duration_seconds",
            "Time from a request's first byte to the response's last.",
            ListenerCells.Durations,
            ListenerCells.DurationSumUs);
    }

    private static void WriteSessions(IMetricWriter writer, MetricRow[] rows)
    {
        MetricRows.Errors(
            writer, rows, "atlas_tcp_connection_errors_total", "TCP connections that did not end in order, by reason flag.", ListenerCells.Errors);
        MetricRows.Durations(
            writer,
            rows,
            "atlas_tcp_connection_duration_seconds",
            "Time from accept to the end of TCP connections.",
            ListenerCells.Durations,
            ListenerCells.DurationSumUs);
    }
}
