using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Tests.Metrics;

/// <summary>docs/observability.md names what there is.</summary>
public sealed class ObservabilityPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "observability.md"));

    [Fact]
    public void Page_EveryFlag_HasItsRow()
    {
        foreach (ProxyError error in Enum.GetValues<ProxyError>().Except([ProxyError.None]))
        {
            Page.ShouldContain($"| `{error.Flag()}` | `{System.Text.Encoding.ASCII.GetString(EndReasons.Word(error))}` |");
        }
    }

    [Fact]
    public void Page_EveryFamily_IsNamed()
    {
        var writer = new RecordingWriter();
        var metrics = new ProxyMetrics(1);
        metrics.Udp("u");
        metrics.Session("s");
        metrics.WriteTo(writer);

        writer.Families.Count.ShouldBeGreaterThan(10);
        writer.Families.ShouldAllBe(name => Page.Contains($"`{name}`"));
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Atlas.slnx")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
