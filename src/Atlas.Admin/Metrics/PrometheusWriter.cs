using System.Buffers;
using System.Globalization;
using System.Text;
using Atlas.Core.Telemetry;

namespace Atlas.Admin.Metrics;

/// <summary>Metrics in Prometheus's text format 0.0.4.</summary>
/// <param name="output">Takes the bytes, UTF-8.</param>
public sealed class PrometheusWriter(IBufferWriter<byte> output) : IMetricWriter
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private readonly HashSet<string> _families = new(StringComparer.Ordinal);
    private string _family = "";
    private MetricKind _kind;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The name is none, or was begun before.</exception>
    public void Family(string name, string help, MetricKind kind)
    {
        CheckName(name);
        if (!_families.Add(name))
        {
            throw new ArgumentException($"the family {name} was begun before", nameof(name));
        }

        _family = name;
        _kind = kind;
        Text($"# HELP {name} {EscapeHelp(help)}\n# TYPE {name} {KindName(kind)}\n");
    }

    /// <inheritdoc/>
    public void Sample(double value, params ReadOnlySpan<MetricLabel> labels)
    {
        if (_kind == MetricKind.Histogram)
        {
            throw new InvalidOperationException($"{_family} is a histogram");
        }

        Line("", labels, le: null, value);
    }

    /// <inheritdoc/>
    public void Histogram(
        ReadOnlySpan<double> upperBounds,
        ReadOnlySpan<long> counts,
        double sum,
        params ReadOnlySpan<MetricLabel> labels)
    {
        if (_kind != MetricKind.Histogram)
        {
            throw new InvalidOperationException($"{_family} is no histogram");
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.Length, upperBounds.Length + 1);
        long cumulated = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            cumulated += counts[i];
            Line("_bucket", labels, i < upperBounds.Length ? Number(upperBounds[i]) : "+Inf", cumulated);
        }

        Line("_sum", labels, le: null, sum);
        Line("_count", labels, le: null, cumulated);
    }

    private static string KindName(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static void CheckName(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException($"'{name}' is no name: letters, digits and underscores, no digit first", nameof(name));
        }
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string EscapeHelp(string text) => text.Replace(@"\", @"\\").Replace("\n", @"\n");

    private static string EscapeValue(string text) => EscapeHelp(text).Replace("\"", "\\\"");

    private void Line(string suffix, ReadOnlySpan<MetricLabel> labels, string? le, double value)
    {
        Text(_family);
        Text(suffix);
        char before = '{';
        foreach (MetricLabel label in labels)
        {
            CheckName(label.Name);
            Text($"{before}{label.Name}=\"{EscapeValue(label.Value)}\"");
            before = ',';
        }

        if (le is not null)
        {
            Text($"{before}le=\"{le}\"");
            before = ',';
        }

        Text(before == '{' ? " " : "} ");
        Text(Number(value));
        Text("\n");
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);
}
