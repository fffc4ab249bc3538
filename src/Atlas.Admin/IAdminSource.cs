using Atlas.Admin.Reports;
using Atlas.Core.Telemetry;

namespace Atlas.Admin;

/// <summary>What the admin server tells of the rest of the process. Called on any thread, by several at once; must not
/// block.</summary>
public interface IAdminSource
{
    /// <summary>Whether traffic should be sent here.</summary>
    ReadinessReport Readiness();

    /// <summary>What runs.</summary>
    StatusReport Status();

    /// <summary>Writes the metrics of everything but the process itself, which the admin server adds.</summary>
    void WriteMetrics(IMetricWriter writer);
}
