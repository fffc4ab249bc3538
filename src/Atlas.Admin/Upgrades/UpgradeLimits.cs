using Atlas.Control.Pools;

namespace Atlas.Admin.Upgrades;

/// <summary>How long the new process of an upgrade may take until it serves.</summary>
public static class UpgradeLimits
{
    /// <summary>The default: a start takes less than a second, the first probes and lookups up to ten.</summary>
    public const int DefaultMs = 60_000;

    /// <summary>The shortest.</summary>
    public const int MinMs = 1_000;

    /// <summary>The longest.</summary>
    public const int MaxMs = 600_000;

    /// <summary>What is needed, in words.</summary>
    public const string Needed = "a duration from 1s to 10m";

    /// <summary>Reads one as the configuration writes durations: <c>90s</c>.</summary>
    /// <returns>False: it is none, or out of range.</returns>
    public static bool TryParse(string text, out int limitMs) =>
        ServerOrder.TryParseDeadline(text, out limitMs) && limitMs is >= MinMs and <= MaxMs;
}
