namespace Atlas.Running.Upgrades;

/// <summary>Where the lines of this process, and of those that it starts, can be read: who asks for an upgrade elsewhere does not see
/// them.</summary>
internal static class LogPlace
{
    /// <summary>In words: <c>in the service's log (journalctl -u atlas)</c>.</summary>
    internal static string Here => Of(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), ReadCgroups());

    /// <summary>The same of what is known.</summary>
    /// <param name="journal">JOURNAL_STREAM of systemd.exec(5), which is there where standard error goes to the journal.</param>
    /// <param name="cgroups">What <c>/proc/self/cgroup</c> says (cgroups(7)): the unit is the innermost service.</param>
    internal static string Of(string? journal, string cgroups)
    {
        if (string.IsNullOrEmpty(journal))
        {
            return "on the standard error of the process that serves";
        }

        string? service = cgroups.Split('\n', '/').LastOrDefault(part => part.EndsWith(".service", StringComparison.Ordinal));
        return service is null ? "in the journal (journalctl)" : $"in the service's log (journalctl -u {service[..^".service".Length]})";
    }

    private static string ReadCgroups()
    {
        try
        {
            return File.ReadAllText("/proc/self/cgroup");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
