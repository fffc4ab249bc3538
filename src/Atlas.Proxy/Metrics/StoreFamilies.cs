using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>The families of stores.</summary>
internal static class StoreFamilies
{
    internal static void Write(IMetricWriter writer, StoreMetrics[] stores)
    {
        MetricRow[] rows = [.. stores.Select(store => new MetricRow([new MetricLabel("store", store.Store)], store.Read()))];
        writer.Family("atlas_store_calls_total", "Calls to a store, by how they ended.", MetricKind.Counter);
        foreach (MetricRow row in rows)
        {
            for (int i = 0; i < StoreCells.ResultNames.Length; i++)
            {
                writer.Sample(row.Sums[StoreCells.Results + i], [.. row.Labels, new MetricLabel("result", StoreCells.ResultNames[i])]);
            }
        }

        MetricRows.Durations(
            writer,
            rows,
            "atlas_store_call_seconds",
            "Time that calls took which were answered in time.",
            StoreCells.Latencies,
            StoreCells.LatencySumUs);
        MetricRows.Cell(
            writer, rows, "atlas_store_connections_total", "Connections made to the servers of a store.", MetricKind.Counter, StoreCells.Connected);
    }
}
