using System.Globalization;
using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Tests.Metrics;

/// <summary>Keeps samples as <c>name{a=b,...} value</c>.</summary>
internal sealed class RecordingWriter : IMetricWriter
{
    private string _family = "";

    public List<string> Families { get; } = [];

    public List<string> Samples { get; } = [];

    public void Family(string name, string help, MetricKind kind)
    {
        Families.ShouldNotContain(name);
        (kind == MetricKind.Counter).ShouldBe(name.EndsWith("_total", StringComparison.Ordinal));
        help.ShouldNotBeEmpty();
        _family = name;
        Families.Add(name);
    }

    public void Sample(double value, params ReadOnlySpan<MetricLabel> labels) =>
        Samples.Add(Name(labels) + " " + value.ToString(CultureInfo.InvariantCulture));

    public void Histogram(
        ReadOnlySpan<double> upperBounds,
        ReadOnlySpan<long> counts,
        double sum,
        params ReadOnlySpan<MetricLabel> labels)
    {
        counts.Length.ShouldBe(upperBounds.Length + 1);
        long total = 0;
        foreach (long count in counts)
        {
            total += count;
        }

        Samples.Add(string.Create(CultureInfo.InvariantCulture, $"{Name(labels)} {total} {sum}"));
    }

    private string Name(ReadOnlySpan<MetricLabel> labels) =>
        _family + "{" + string.Join(",", labels.ToArray().Select(label => label.Name + "=" + label.Value)) + "}";
}
