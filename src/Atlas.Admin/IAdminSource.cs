using Atlas.Admin.Events;
using Atlas.Admin.Orders;
using Atlas.Admin.Reloads;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Control.Pools;
using Atlas.Core.Telemetry;

namespace Atlas.Admin;

/// <summary>What the admin server tells of the rest of the process, and asks of it. Called on any thread, by several at once;
/// must not block.</summary>
public interface IAdminSource
{
    /// <summary>What happens.</summary>
    EventHub Events { get; }

    /// <summary>Whether traffic should be sent here.</summary>
    ReadinessReport Readiness();

    /// <summary>What runs.</summary>
    StatusReport Status();

    /// <summary>The certificates in force, in the configuration's order.</summary>
    IReadOnlyList<CertificateReport> Certificates();

    /// <summary>The files of authorities in force, in the configuration's order.</summary>
    IReadOnlyList<AuthorityReport> Authorities();

    /// <summary>Does what an operator asks of a server.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="server">The server's name in it.</param>
    /// <param name="order">What is asked, all values within their ranges.</param>
    OrderAnswer Order(string pool, string server, ServerOrder order);

    /// <summary>Applies the configuration file as it is now, and ends once that is done or nothing has changed.</summary>
    Task<ReloadAnswer> ReloadAsync();

    /// <summary>Has a new process take this one's place, and ends once it serves or nothing has changed.</summary>
    /// <param name="limitMs">How long it may take, within <see cref="UpgradeLimits"/>.</param>
    Task<UpgradeAnswer> UpgradeAsync(int limitMs);

    /// <summary>Writes the metrics of everything but the process itself, which the admin server adds.</summary>
    void WriteMetrics(IMetricWriter writer);
}
