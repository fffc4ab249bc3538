using Atlas.Control.Kernel;
using Atlas.Core.Telemetry;

namespace Atlas.Running.Kernel;

/// <summary>The metrics of listeners in kernel mode; none where there are no such listeners.</summary>
internal static class KernelFamilies
{
    internal static void Write(IMetricWriter writer, KernelReport report)
    {
        if (report.Listeners.Count == 0)
        {
            return;
        }

        Servers(
            writer, report, "atlas_kernel_flows_total", "Flows that the kernel sent to a server.", MetricKind.Counter, server => server.Flows);
        Servers(writer, report, "atlas_kernel_flows_open", "Flows to a server that are open.", MetricKind.Gauge, server => server.Open);
        Traffic(
            writer, report, "atlas_kernel_packets_total", "Packets that the kernel forwarded, from clients (in) and to them (out).",
            counter => counter.Packets);
        Traffic(
            writer, report, "atlas_kernel_bytes_total", "Their bytes, with the headers of IP.", counter => counter.Bytes);
        writer.Family("atlas_kernel_refused_total", "First packets of flows that no server took.", MetricKind.Counter);
        foreach (KernelListenerCounts listener in report.Listeners)
        {
            writer.Sample(listener.Refused, new MetricLabel("listener", listener.Listener));
        }

        writer.Family("atlas_kernel_rulesets_total", "Rulesets given to the kernel, by whether it took them.", MetricKind.Counter);
        writer.Sample(report.Rulesets, new MetricLabel("result", "done"));
        writer.Sample(report.Failures, new MetricLabel("result", "failed"));
        writer.Family(
            "atlas_kernel_counters_age_seconds", "How old the kernel's counters are; above 2 they cannot be read.", MetricKind.Gauge);
        writer.Sample(report.AgeSeconds);
    }

    private static void Traffic(IMetricWriter writer, KernelReport report, string name, string help, Func<NftCounter, long> value)
    {
        writer.Family(name, help, MetricKind.Counter);
        foreach (KernelServerCounts server in report.Listeners.SelectMany(listener => listener.Servers))
        {
            writer.Sample(value(server.In), [.. Labels(server), new MetricLabel("direction", "in")]);
            writer.Sample(value(server.Out), [.. Labels(server), new MetricLabel("direction", "out")]);
        }
    }

    private static void Servers(
        IMetricWriter writer, KernelReport report, string name, string help, MetricKind kind, Func<KernelServerCounts, long?> value)
    {
        writer.Family(name, help, kind);
        foreach (KernelServerCounts server in report.Listeners.SelectMany(listener => listener.Servers))
        {
            if (value(server) is long number)
            {
                writer.Sample(number, Labels(server));
            }
        }
    }

    private static MetricLabel[] Labels(KernelServerCounts server) =>
        [new("listener", server.Listener), new("pool", server.Pool), new("server", server.Server)];
}
