using System.Globalization;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>The keys that a reload cannot change, because what they decide is made once, when the process starts.</summary>
internal static class RestartOnly
{
    /// <summary>One message for each such key that differs.</summary>
    internal static IEnumerable<string> Find(AtlasConfig running, AtlasConfig next)
    {
        if (running.Runtime.Workers != next.Runtime.Workers)
        {
            yield return Message("runtime.workers", Workers(next), Workers(running));
        }

        if (running.Admin.Bind != next.Admin.Bind)
        {
            yield return Message("admin.bind", Admin(next), Admin(running));
        }

        if (running.Admin.Token != next.Admin.Token)
        {
            yield return Message("admin.token", "another file", "as it is");
        }

        foreach (ListenerConfig listener in next.Listeners)
        {
            int? backlog = running.Listeners.FirstOrDefault(l => l.Name == listener.Name)?.Backlog;
            if (backlog is int before && before != listener.Backlog)
            {
                yield return Message($"listeners.{listener.Name}.backlog", Number(listener.Backlog), Number(before));
            }
        }
    }

    private static string Message(string key, string next, string running) =>
        $"{key}: {next} takes effect at the next start; until then it stays {running}";

    private static string Workers(AtlasConfig config) => config.Runtime.Workers is int count ? Number(count) : "auto";

    private static string Admin(AtlasConfig config) => config.Admin.Bind?.ToString() ?? "none";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
