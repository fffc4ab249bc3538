namespace Atlas.Core.Telemetry;

/// <summary>What a metric's value does.</summary>
public enum MetricKind
{
    /// <summary>It only grows, until the process restarts.</summary>
    Counter,

    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>A distribution over fixed buckets.</summary>
    Histogram,
}
