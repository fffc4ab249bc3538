using System.Globalization;
using Atlas.Core.Telemetry;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>Metrics as lines.</summary>
internal sealed class MetricLines : IMetricWriter
{
    private string _family = "";

    internal List<string> Lines { get; } = [];

    public void Family(string name, string help, MetricKind kind) => _family = name;

    public void Sample(double value, params ReadOnlySpan<MetricLabel> labels) => Lines.Add(string.Create(
        CultureInfo.InvariantCulture, $"{_family}{{{string.Join(',', labels.ToArray().Select(label => $"{label.Name}={label.Value}"))}}} {value}"));

    public void Histogram(ReadOnlySpan<double> upperBounds, ReadOnlySpan<long> counts, double sum, params ReadOnlySpan<MetricLabel> labels) =>
        throw new NotSupportedException();
}
