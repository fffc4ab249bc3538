using System.Globalization;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>Says when the process has, or will have, too few descriptors for what its configuration allows.</summary>
internal static class OpenFiles
{
    // A client's connection and the one to its server.
    private const int PerConnection = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <summary>The limit of this process (RLIMIT_NOFILE; the runtime raises it to the hard limit); null where the system does
    /// not tell.</summary>
    internal static long? Limit()
    {
        try
        {
            const string name = "Max open files";
            string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            string? soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A warning where the listeners may accept more connections than there can be descriptors for; else
    /// null.</summary>
    internal static string? Shortage(AtlasConfig config, long? limit)
    {
        long connections = config.Listeners
            .Where(listener => listener.Mode == ListenerMode.User)
            .Sum(listener => (long)listener.Limits.Connections);
        long needed = connections * PerConnection;
        return limit >= needed || limit is null
            ? null
            : $"warning: limits.connections allows {connections} connections, which take {needed} descriptors, but this process "
                + $"may open {limit} files: raise LimitNOFILE (ulimit -n), or lower limits.connections to {limit / PerConnection}";
    }

    /// <summary>Says a line when accepting had to pause for want of descriptors or memory, at most one in ten seconds. Runs
    /// until cancelled.</summary>
    internal static async Task WatchAsync(AtlasInstance instance, Action<string> say, CancellationToken cancellation)
    {
        long known = 0;
        DateTime quietUntil = DateTime.MinValue;
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            long errors = instance.Listeners.Sum(listener => listener.AcceptErrors);
            if (errors > known && DateTime.UtcNow >= quietUntil)
            {
                quietUntil = DateTime.UtcNow + Quiet;
                say($"accepting pauses: no descriptors or memory left (this process may open {Limit()} files); clients wait");
            }

            known = errors;
        }
    }
}
