using System.Buffers;
using System.Text;
using Atlas.Admin.Metrics;
using Atlas.Core.Telemetry;
using CsCheck;

namespace Atlas.Admin.Tests.Metrics;

public sealed class PrometheusWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly PrometheusWriter _writer;

    public PrometheusWriterTests() => _writer = new PrometheusWriter(_output);

    private string Text => Encoding.UTF8.GetString(_output.WrittenSpan);

    [Fact]
    public void Sample_CounterAndGauge_GiveTheLines()
    {
        _writer.Family("atlas_a_total", "Back\\slash\nand line.", MetricKind.Counter);
        _writer.Sample(3, new MetricLabel("pool", "web"), new MetricLabel("server", "a"));
        _writer.Family("atlas_b", "B.", MetricKind.Gauge);
        _writer.Sample(-0.25);
        _writer.Sample(double.PositiveInfinity, new MetricLabel("x", "1"));

        Text.ShouldBe(
            """
            # HELP atlas_a_total Back\\slash\nand line.
            # TYPE atlas_a_total counter
            atlas_a_total{pool="web",server="a"} 3
            # HELP atlas_b B.
            # TYPE atlas_b gauge
            atlas_b -0.25
            atlas_b{x="1"} +Inf

            """);
        PrometheusText.Parse(Text).Families.ShouldBe(["atlas_a_total", "atlas_b"]);
    }

    [Fact]
    public void Histogram_CountsPerBucket_AreCumulated()
    {
        _writer.Family("atlas_h_seconds", "H.", MetricKind.Histogram);
        _writer.Histogram([0.001, 0.5], [1, 2, 4], 9.5, new MetricLabel("listener", "web"));
        _writer.Histogram([0.001, 0.5], [0, 0, 0], 0);

        Text.ShouldBe(
            """
            # HELP atlas_h_seconds H.
            # TYPE atlas_h_seconds histogram
            atlas_h_seconds_bucket{listener="web",le="0.001"} 1
            atlas_h_seconds_bucket{listener="web",le="0.5"} 3
            atlas_h_seconds_bucket{listener="web",le="+Inf"} 7
            atlas_h_seconds_sum{listener="web"} 9.5
            atlas_h_seconds_count{listener="web"} 7
            atlas_h_seconds_bucket{le="0.001"} 0
            atlas_h_seconds_bucket{le="0.5"} 0
            atlas_h_seconds_bucket{le="+Inf"} 0
            atlas_h_seconds_sum 0
            atlas_h_seconds_count 0

            """);
        PrometheusText.Parse(Text);
    }

    [Fact]
    public void Sample_AnyLabelValue_ReadsBackTheSame() =>
        Gen.String[Gen.Char["\"\\\n\r\t{}=,# aéλ€"], 0, 20].Sample(value =>
        {
            value = value.Replace("\r", "");
            var output = new ArrayBufferWriter<byte>();
            var writer = new PrometheusWriter(output);
            writer.Family("atlas_a", "A.", MetricKind.Gauge);
            writer.Sample(1, new MetricLabel("name", value));

            PrometheusText.Parse(Encoding.UTF8.GetString(output.WrittenSpan)).Value("atlas_a", "name", value).ShouldBe(1);
        });

    [Fact]
    public void Sample_AnyNumber_ReadsBackTheSame() =>
        Gen.Double.Sample(value =>
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new PrometheusWriter(output);
            writer.Family("atlas_a", "A.", MetricKind.Gauge);
            writer.Sample(value);

            PrometheusText.Parse(Encoding.UTF8.GetString(output.WrittenSpan)).Value("atlas_a").ShouldBe(value);
        });

    [Fact]
    public void Family_BadOrRepeatedName_Throws()
    {
        _writer.Family("atlas_a", "A.", MetricKind.Gauge);

        Should.Throw<ArgumentException>(() => _writer.Family("atlas_a", "A.", MetricKind.Gauge));
        Should.Throw<ArgumentException>(() => _writer.Family("1a", "A.", MetricKind.Gauge));
        Should.Throw<ArgumentException>(() => _writer.Family("a-b", "A.", MetricKind.Gauge));
        Should.Throw<ArgumentException>(() => _writer.Sample(1, new MetricLabel("", "x")));
        Should.Throw<InvalidOperationException>(() => _writer.Histogram([], [1], 1));
    }
}
