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

        WriteLimits(writer, rows);
    }

    private static void WriteLimits(IMetricWriter writer, MetricRow[] rows)
    {
        writer.Family(
            "atlas_rate_limited_requests_total", "Requests that rate limits let pass or refused, by what decided.", MetricKind.Counter);
        foreach (MetricRow row in rows)
        {
            foreach (RateLimitSource source in Enum.GetValues<RateLimitSource>())
            {
                WriteLimit(writer, row, source, "allowed", RouteCells.Allowed);
                WriteLimit(writer, row, source, "refused", RouteCells.Refused);
            }
        }

        writer.Family(
            "atlas_rate_limit_evictions_total", "Clients that rate limits forgot before their time, for want of room.", MetricKind.Counter);
        foreach (MetricRow row in rows.Where(row => row.Sums[RouteCells.Evicted] > 0))
        {
            writer.Sample(row.Sums[RouteCells.Evicted], row.Labels);
        }
    }

    private static void WriteLimit(IMetricWriter writer, MetricRow row, RateLimitSource source, string result, int firstCell)
    {
        long count = row.Sums[firstCell + (int)source];
        if (count > 0)
        {
            writer.Sample(
                count, [.. row.Labels, new MetricLabel("result", result), new MetricLabel("by", RateLimitSources.NameOf(source))]);
        }
    }
}
