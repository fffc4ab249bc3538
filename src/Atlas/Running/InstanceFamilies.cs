using Atlas.Core.Telemetry;
using Atlas.Running.Listeners;

namespace Atlas.Running;

/// <summary>The metrics of what an instance holds beside the data plane: accepting, access logs, reloads.</summary>
internal static class InstanceFamilies
{
    internal static void Write(IMetricWriter writer, AtlasInstance instance)
    {
        // What the kernel forwards is not accepted.
        RunningListener[] listeners = [.. instance.Listeners.Where(listener => listener.Mode is null)];
        writer.Family("atlas_listener_connections_max", "Connections that a listener accepts at once.", MetricKind.Gauge);
        foreach (RunningListener listener in listeners)
        {
            writer.Sample(listener.MaxConnections, new MetricLabel("listener", listener.Name));
        }

        writer.Family(
            "atlas_listener_accept_errors_total",
            "Times that accepting paused because the process or the system had no descriptors or memory left.",
            MetricKind.Counter);
        foreach (RunningListener listener in listeners)
        {
            writer.Sample(listener.AcceptErrors, new MetricLabel("listener", listener.Name));
        }

        Counter(writer, "atlas_access_log_written_total", "Records handed to access logs.", instance.Logs.Written);
        Counter(writer, "atlas_access_log_dropped_total", "Records dropped because a log fell behind.", instance.Logs.Dropped);
        Counter(
            writer, "atlas_access_log_failed_writes_total", "Writes of access logs that failed.", instance.Logs.FailedWrites);
        Counter(writer, "atlas_config_reloads_total", "Configurations that took effect after the first.", instance.Reloads);
    }

    private static void Counter(IMetricWriter writer, string name, string help, long value)
    {
        writer.Family(name, help, MetricKind.Counter);
        writer.Sample(value);
    }
}
