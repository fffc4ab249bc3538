using System.Globalization;

namespace Atlas.Bench.Measure;

/// <summary>How many descriptors this process and its children may open. The runtime has raised the soft limit to the hard
/// one.</summary>
internal static class OpenFiles
{
    internal static long Limit { get; } = Read();

    private static long Read()
    {
        string line = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.TryParse(columns[4], CultureInfo.InvariantCulture, out long limit) ? limit : int.MaxValue;
    }
}
