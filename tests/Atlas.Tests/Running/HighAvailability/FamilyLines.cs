using System.Globalization;
using System.Text;
using Atlas.Core.Telemetry;

namespace Atlas.Tests.Running.HighAvailability;

/// <summary>Metrics as lines: <c>name label=value 1</c>.</summary>
internal sealed class FamilyLines : IMetricWriter
{
    private readonly StringBuilder _text = new();

    public List<string> Families { get; } = [];

    public string Text => _text.ToString();

    public void Family(string name, string help, MetricKind kind) => Families.Add(name);

    public void Sample(double value, params ReadOnlySpan<MetricLabel> labels)
    {
        _text.Append(Families[^1]);
        foreach (MetricLabel label in labels)
        {
            _text.Append(CultureInfo.InvariantCulture, $" {label.Name}={label.Value}");
        }

        _text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }

    public void Histogram(ReadOnlySpan<double> upperBounds, ReadOnlySpan<long> counts, double sum, params ReadOnlySpan<MetricLabel> labels) =>
        throw new NotSupportedException();
}
