namespace Atlas.Core.Telemetry;

/// <summary>Takes the metrics of a moment: a family, its samples, the next family. The parts of Atlas that count know
/// nothing of the form in which their numbers are published.</summary>
public interface IMetricWriter
{
    /// <summary>Begins a family. Its samples follow, before the next family begins.</summary>
    /// <param name="name">The full name with unit, such as <c>atlas_request_duration_seconds</c>; counters end in
    /// <c>_total</c>. Each name is begun once.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="kind">What its samples are.</param>
    void Family(string name, string help, MetricKind kind);

    /// <summary>A sample of a counter or gauge.</summary>
    void Sample(double value, params ReadOnlySpan<MetricLabel> labels);

    /// <summary>A sample of a histogram.</summary>
    /// <param name="upperBounds">The buckets' inclusive upper bounds, ascending, without infinity.</param>
    /// <param name="counts">Events in each bucket by itself, not cumulated; one more than bounds: the last is of those past
    /// every bound.</param>
    /// <param name="sum">The sum of all events, in the unit of the bounds.</param>
    /// <param name="labels">The labels of the sample.</param>
    void Histogram(
        ReadOnlySpan<double> upperBounds,
        ReadOnlySpan<long> counts,
        double sum,
        params ReadOnlySpan<MetricLabel> labels);
}
