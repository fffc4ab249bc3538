using Atlas.Admin.Events;
using Atlas.Admin.Orders;
using Atlas.Admin.Reloads;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Control.Pools;
using Atlas.Core.Health;
using Atlas.Core.Telemetry;

namespace Atlas.Admin.Tests;

/// <summary>A process that says what a test wants.</summary>
internal sealed class StubSource : IAdminSource
{
    public ReadinessReport ReadinessNow { get; set; } = ReadinessReport.Ready;

    public StatusReport StatusNow { get; set; } = new() { Node = "n", Version = "1", Listeners = [], Pools = [] };

    public IReadOnlyList<CertificateReport> CertificatesNow { get; set; } = [];

    public IReadOnlyList<AuthorityReport> AuthoritiesNow { get; set; } = [];

    public Action<IMetricWriter> Metrics { get; set; } = _ => { };

    /// <summary>The last order that came.</summary>
    public (string Pool, string Server, ServerOrder Order)? Ordered { get; private set; }

    public Func<OrderAnswer> Answer { get; set; } =
        () => OrderAnswer.Done(new ServerReport { Name = "a", Address = "127.0.0.1:9001", AdminState = AdminState.Drain });

    /// <summary>What an upgrade comes to, by its limit.</summary>
    public Func<int, UpgradeAnswer> Upgrade { get; set; } = limitMs => UpgradeAnswer.Refused($"after {limitMs} ms");

    /// <summary>What a reload comes to.</summary>
    public Func<ReloadAnswer> Reload { get; set; } = () => new ReloadAnswer(ReloadOutcome.Done, ["pool web: changed"]);

    public EventHub Events { get; } = new();

    public OrderAnswer Order(string pool, string server, ServerOrder order)
    {
        Ordered = (pool, server, order);
        return Answer();
    }

    public Task<ReloadAnswer> ReloadAsync() => Task.FromResult(Reload());

    public Task<UpgradeAnswer> UpgradeAsync(int limitMs) => Task.FromResult(Upgrade(limitMs));

    public ReadinessReport Readiness() => ReadinessNow;

    public StatusReport Status() => StatusNow;

    public IReadOnlyList<CertificateReport> Certificates() => CertificatesNow;

    public IReadOnlyList<AuthorityReport> Authorities() => AuthoritiesNow;

    public void WriteMetrics(IMetricWriter writer) => Metrics(writer);
}
