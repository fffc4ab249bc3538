using System.Globalization;

namespace Atlas.Bench.Measure;

/// <summary>Processor time of the whole path of a packet: this process with all that it started, in whose time the kernel forwards
/// for them, and the threads of the kernel that forward what is left over.</summary>
internal static class NetworkTime
{
    private static readonly ProcessTree Own = new(Environment.ProcessId);

    private static readonly ProcessTree[] KernelThreads =
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _) && IsKernelThread(path))
            .Select(path => new ProcessTree(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))),
    ];

    /// <summary>Seconds so far, in hundredths.</summary>
    internal static double CpuSeconds() => Own.CpuSeconds() + KernelThreads.Sum(thread => thread.CpuSeconds());

    private static bool IsKernelThread(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, "comm")).StartsWith("ksoftirqd/", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
