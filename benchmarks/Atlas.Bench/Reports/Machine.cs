namespace Atlas.Bench.Reports;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    internal static string Processor => Line("/proc/cpuinfo", "model name");

    /// <summary>Processors of the machine, not those that this process was bound to.</summary>
    internal static int Cores => File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal));

    internal static string Kernel => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    /// <summary>It decides how loopback paces bytes, and so what a request costs the kernel.</summary>
    internal static string CongestionControl => File.ReadAllText("/proc/sys/net/ipv4/tcp_congestion_control").Trim();

    internal static string System => Line("/etc/os-release", "PRETTY_NAME").Trim('"');

    private static string Line(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', '=')[1].Trim() ?? "unknown";
}
