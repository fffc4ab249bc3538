using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>The families of routes.</summary>
internal static class RouteFamilies
{
    internal static void Write(IMetricWriter writer, RouteMetrics[] routes)
    {
        MetricRow[] rows =
        [
            .. routes.Select(route => new MetricRow(
                [new MetricLabel("listener", route.Listener), new MetricLabel("route", route.Route)],
                route.Read())),
        ];
        MetricRows.Statuses(
            writer, rows, "atlas_route_requests_total", "Requests that a route took, by class of the status sent.", RouteCells.Statuses);
        writer.Family("atlas_mirrored_requests_total", "Copies of requests for mirrors, by what became of them.", MetricKind.Counter);
        foreach (MetricRow row in rows)
        {
            foreach (MirrorResult result in Enum.GetValues<MirrorResult>())
            {
                long count = row.Sums[RouteCells.Mirrored + (int)result];
                if (count > 0)
                {
                    writer.Sample(count, [.. row.Labels, new MetricLabel("result", MirrorResults.NameOf(result))]);
                }
            }
        }
    }
}
