using System.Globalization;

namespace Atlas.Bench.Measure;

/// <summary>What the kernel accounts to a process, its threads and its children (proc(5)).</summary>
internal sealed class ProcessTree(int root)
{
    // USER_HZ, which the kernel reports in whatever its own tick is.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time so far, in seconds, counted in hundredths.</summary>
    internal double CpuSeconds() => Members().Sum(pid => Stat(pid) is { } stat
        ? (Number(stat[StatField.UserTicks]) + Number(stat[StatField.SystemTicks])) / TicksPerSecond
        : 0);

    /// <summary>The time that the scheduler gave to all its threads that still live, in seconds, counted in nanoseconds.</summary>
    internal double ScheduledSeconds() => Members().Sum(pid => Directory.EnumerateDirectories($"/proc/{pid}/task").Sum(ScheduledNs)) / 1e9;

    /// <summary>The resident sets together, in bytes.</summary>
    internal long ResidentBytes() => Members().Sum(pid => StatusBytes(pid, "VmRSS:"));

    /// <summary>The largest that the resident sets were since <see cref="ForgetPeak"/>, in bytes.</summary>
    internal long PeakBytes() => Members().Sum(pid => StatusBytes(pid, "VmHWM:"));

    /// <summary>Has <see cref="PeakBytes"/> begin anew (clear_refs in proc(5)).</summary>
    internal void ForgetPeak()
    {
        foreach (int pid in Members())
        {
            File.WriteAllText($"/proc/{pid}/clear_refs", "5");
        }
    }

    /// <summary>The process and what descends from it, the process first.</summary>
    internal IReadOnlyList<int> Members()
    {
        ILookup<int, int> children = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Stat: Stat(pid)))
            .Where(process => process.Stat is not null)
            .ToLookup(process => (int)Number(process.Stat![StatField.Parent]), process => process.Pid);
        var members = new List<int> { root };
        for (int i = 0; i < members.Count; i++)
        {
            members.AddRange(children[members[i]]);
        }

        return members;
    }

    private static double ScheduledNs(string task)
    {
        try
        {
            return Number(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long StatusBytes(int pid, string key)
    {
        try
        {
            string line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
            return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    // The fields from the third on: the second, the name in parentheses, may hold blanks.
    private static string[]? Stat(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static class StatField
    {
        internal const int Parent = 1;
        internal const int UserTicks = 11;
        internal const int SystemTicks = 12;
    }
}
