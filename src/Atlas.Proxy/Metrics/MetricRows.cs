using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>Writes families whose samples are cells of many subjects.</summary>
internal static class MetricRows
{
    internal static void Cell(IMetricWriter writer, MetricRow[] rows, string name, string help, MetricKind kind, int cell)
    {
        writer.Family(name, help, kind);
        foreach (MetricRow row in rows)
        {
            // A gauge is summed from the parts of many workers, not at one moment: it may seem negative.
            writer.Sample(Math.Max(row.Sums[cell], 0), row.Labels);
        }
    }

    /// <summary>Statuses by class. All classes are written, also those at 0, so that rates have a beginning.</summary>
    internal static void Statuses(IMetricWriter writer, MetricRow[] rows, string name, string help, int firstCell)
    {
        writer.Family(name, help, MetricKind.Counter);
        foreach (MetricRow row in rows)
        {
            for (int i = 0; i < StatusClass.Count; i++)
            {
                writer.Sample(row.Sums[firstCell + i], [.. row.Labels, new MetricLabel("code", StatusClass.Name(i))]);
            }
        }
    }

    /// <summary>Errors by flag. Only those that happened, since most never do.</summary>
    internal static void Errors(IMetricWriter writer, MetricRow[] rows, string name, string help, int firstCell)
    {
        writer.Family(name, help, MetricKind.Counter);
        foreach (MetricRow row in rows)
        {
            for (int i = 1; i < ErrorCells.Count; i++)
            {
                if (row.Sums[firstCell + i] > 0)
                {
                    writer.Sample(row.Sums[firstCell + i], [.. row.Labels, new MetricLabel("flag", ErrorCells.Flags[i])]);
                }
            }
        }
    }

    /// <summary>Counts by kind. Only of those that happened, since most never do.</summary>
    internal static void Kinds(
        IMetricWriter writer,
        MetricRow[] rows,
        string name,
        string help,
        int firstCell,
        string label,
        string[] kinds)
    {
        writer.Family(name, help, MetricKind.Counter);
        foreach (MetricRow row in rows)
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                if (row.Sums[firstCell + i] > 0)
                {
                    writer.Sample(row.Sums[firstCell + i], [.. row.Labels, new MetricLabel(label, kinds[i])]);
                }
            }
        }
    }

    internal static void Durations(
        IMetricWriter writer,
        MetricRow[] rows,
        string name,
        string help,
        int firstCell,
        int sumCell)
    {
        double[] bounds = [.. DurationBuckets.UpperBoundsSeconds];
        writer.Family(name, help, MetricKind.Histogram);
        foreach (MetricRow row in rows)
        {
            writer.Histogram(bounds, row.Sums.AsSpan(firstCell, DurationBuckets.Count), row.Sums[sumCell] / 1e6, row.Labels);
        }
    }
}
