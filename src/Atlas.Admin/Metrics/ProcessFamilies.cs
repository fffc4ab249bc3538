using System.Globalization;
using Atlas.Core.Telemetry;

namespace Atlas.Admin.Metrics;

/// <summary>The metrics of the process and of .NET's runtime in it.</summary>
internal static class ProcessFamilies
{
    // Seconds since 1970; read once, since the kernel counts it from a boot time that moves with the clock.
    private static readonly double StartSeconds = StartTime();

    internal static void Write(IMetricWriter writer, string version)
    {
        writer.Family("atlas_build_info", "1; its label says which version runs.", MetricKind.Gauge);
        writer.Sample(1, new MetricLabel("version", version));
        Gauge(writer, "atlas_process_start_time_seconds", "When the process started, since 1970.", StartSeconds);
        Counter(
            writer,
            "atlas_process_cpu_seconds_total",
            "User and system time that the process used.",
            Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge(writer, "atlas_process_resident_memory_bytes", "Memory of the process that is in RAM.", ResidentBytes());
        Gauge(writer, "atlas_process_open_fds", "Open file descriptors.", OpenDescriptors());
        Gauge(writer, "atlas_gc_heap_bytes", "Bytes on the managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        Counter(writer, "atlas_gc_allocated_bytes_total", "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes());
        Counter(writer, "atlas_gc_pause_seconds_total", "Time that collections paused threads.", GC.GetTotalPauseDuration().TotalSeconds);
        writer.Family("atlas_gc_collections_total", "Collections of a generation.", MetricKind.Counter);
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            writer.Sample(
                GC.CollectionCount(generation),
                new MetricLabel("generation", generation.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static void Gauge(IMetricWriter writer, string name, string help, double value)
    {
        writer.Family(name, help, MetricKind.Gauge);
        writer.Sample(value);
    }

    private static void Counter(IMetricWriter writer, string name, string help, double value)
    {
        writer.Family(name, help, MetricKind.Counter);
        writer.Sample(value);
    }

    /// <summary>The second number of statm, in pages (proc(5)).</summary>
    private static double ResidentBytes() =>
        double.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    /// <summary>The entries of /proc/self/fd, less the one that reads them. O(descriptors).</summary>
    private static int OpenDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;

    private static double StartTime()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1e3;
    }
}
