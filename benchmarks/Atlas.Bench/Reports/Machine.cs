using System.Diagnostics;

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

    /// <summary>The commit of the checkout, with a plus sign where files differ from it.</summary>
    internal static string Commit => Git("rev-parse", "--short", "HEAD") + (Git("status", "--porcelain", "-uno").Length > 0 ? "+" : "");

    private static string Git(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("git", ["-C", Layout.Root, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        string said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return said;
    }

    private static string Line(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', '=')[1].Trim() ?? "unknown";
}
