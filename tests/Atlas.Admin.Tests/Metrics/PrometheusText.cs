using System.Globalization;
using System.Text.RegularExpressions;

namespace Atlas.Admin.Tests.Metrics;

/// <summary>Reads Prometheus's text format 0.0.4, and refuses what its specification does not allow, or what it allows but
/// a good exporter does not do: a sample outside its family, a family without help, a counter that does not end in
/// <c>_total</c>, a histogram that is not cumulative.</summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly List<string> _families = [];
    private string _family = "";
    private string _type = "";

    public IReadOnlyList<string> Families => _families;

    public static PrometheusText Parse(string text)
    {
        text.ShouldEndWith("\n");
        text.ShouldNotContain("\r");
        var parsed = new PrometheusText();
        string[] lines = text[..^1].Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("# HELP ", StringComparison.Ordinal))
            {
                parsed.Begin(lines[i], lines[++i]);
            }
            else
            {
                parsed.Sample(lines[i]);
            }
        }

        parsed.CheckHistograms();
        return parsed;
    }

    public double Value(string name, params string[] labels) => _samples[Key(name, labels)];

    private static string Key(string name, IEnumerable<string> labels) => name + "\0" + string.Join('\0', labels);

    private void Begin(string help, string type)
    {
        Match helpMatch = HelpLine().Match(help);
        helpMatch.Success.ShouldBeTrue(help);
        Match typeMatch = TypeLine().Match(type);
        typeMatch.Success.ShouldBeTrue(type);
        _family = typeMatch.Groups["name"].Value;
        _type = typeMatch.Groups["type"].Value;
        helpMatch.Groups["name"].Value.ShouldBe(_family);
        _families.ShouldNotContain(_family);
        _families.Add(_family);
        (_type == "counter").ShouldBe(_family.EndsWith("_total", StringComparison.Ordinal), _family);
    }

    private void Sample(string line)
    {
        Match match = SampleLine().Match(line);
        match.Success.ShouldBeTrue(line);
        string name = match.Groups["name"].Value;
        string[] names = _type == "histogram" ? [_family + "_bucket", _family + "_sum", _family + "_count"] : [_family];
        names.ShouldContain(name);
        List<string> labels = [];
        foreach ((Capture label, Capture value) in match.Groups["label"].Captures.Zip(match.Groups["value"].Captures))
        {
            labels.ShouldNotContain(label.Value);
            labels.Add(label.Value);
            labels.Add(Unescape(value.Value));
        }

        _samples.TryAdd(Key(name, labels), Number(match.Groups["number"].Value)).ShouldBeTrue(line);
    }

    /// <summary>In each histogram the buckets ascend to +Inf, their counts never fall, and the last is the count.</summary>
    private void CheckHistograms()
    {
        var buckets = _samples.Where(sample => sample.Key.Contains("_bucket\0")).GroupBy(sample => sample.Key[..sample.Key.LastIndexOf('\0')]);
        foreach (var histogram in buckets)
        {
            double[] bounds = [.. histogram.Select(sample => Number(sample.Key[(sample.Key.LastIndexOf('\0') + 1)..]))];
            bounds.ShouldBe(bounds.Order());
            bounds.Distinct().Count().ShouldBe(bounds.Length);
            bounds[^1].ShouldBe(double.PositiveInfinity);
            double[] counts = [.. histogram.Select(sample => sample.Value)];
            counts.ShouldBe(counts.Order());
            string rest = histogram.Key[..histogram.Key.LastIndexOf('\0')].Replace("_bucket\0", "_count\0");
            string count = rest.EndsWith("_bucket", StringComparison.Ordinal) ? rest.Replace("_bucket", "_count\0") : rest;
            _samples[count].ShouldBe(counts[^1]);
            _samples.ShouldContainKey(count.Replace("_count\0", "_sum\0"));
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static string Unescape(string text) => Escape().Replace(text, match => match.Value switch
    {
        @"\n" => "\n",
        @"\\" => @"\",
        "\\\"" => "\"",
        _ => throw new FormatException(match.Value),
    });

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        @"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
        + @"(?:\{(?:(?<label>[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>(?:[^""\\]|\\.)*)"",?)+(?<!,)\})?"
        + @" (?<number>NaN|[+-]Inf|-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?)$")]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();
}
