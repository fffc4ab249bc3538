using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>One subject's sums, beside the labels that name it.</summary>
internal readonly record struct MetricRow(MetricLabel[] Labels, long[] Sums);
