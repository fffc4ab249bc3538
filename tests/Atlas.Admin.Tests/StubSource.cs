using Atlas.Admin.Reports;
using Atlas.Core.Telemetry;

namespace Atlas.Admin.Tests;

/// <summary>A process that says what a test wants.</summary>
internal sealed class StubSource : IAdminSource
{
    public ReadinessReport ReadinessNow { get; set; } = ReadinessReport.Ready;

    public StatusReport StatusNow { get; set; } = new() { Node = "n", Version = "1", Listeners = [], Pools = [] };

    public Action<IMetricWriter> Metrics { get; set; } = _ => { };

    public ReadinessReport Readiness() => ReadinessNow;

    public StatusReport Status() => StatusNow;

    public void WriteMetrics(IMetricWriter writer) => Metrics(writer);
}
