using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Sections;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>
/// What a reload changes. Listeners, pools, stores and sessions are the same by their names, servers by pool and name; a part
/// that is renamed is therefore removed and added. Layout and comments change nothing.
/// </summary>
public static class ConfigDiff
{
    private static readonly string[] ComparedOneByOne = ["listeners", "pools", "stores", "sessions"];

    /// <summary>The changes, listeners first, then pools each with its servers, then the rest; empty: both say the same.</summary>
    /// <param name="before">The configuration that runs.</param>
    /// <param name="after">The configuration that would.</param>
    public static IReadOnlyList<ConfigChange> Between(AtlasConfig before, AtlasConfig after)
    {
        var changes = new List<ConfigChange>();
        Compare(before.Listeners, after.Listeners, listener => listener.Name, "listener ", ListenerSections.Listener, [], changes);
        Compare(before.Pools, after.Pools, pool => pool.Name, "pool ", PoolSections.Pool, ["servers"], changes);
        foreach (var pool in after.Pools)
        {
            if (before.FindPool(pool.Name) is { } old)
            {
                Compare(old.Servers, pool.Servers, server => server.Name, $"server {pool.Name}/", ServerSections.Server, [], changes);
            }
        }

        Compare(before.Stores, after.Stores, store => store.Name, "store ", StateSections.Store, [], changes);
        var sessions = new List<ConfigChange>();
        Compare(before.Sessions, after.Sessions, session => session.Name, SessionLosses.Subject, StateSections.Session, [], sessions);
        changes.AddRange(SessionLosses.Tell(before, after, sessions));
        if (ChangedKeys(RootSection.Instance, before, after, ComparedOneByOne) is { Count: > 0 } keys)
        {
            changes.Add(new ConfigChange(ConfigChangeKind.Changed, "configuration", keys));
        }

        return changes;
    }

    private static void Compare<T>(
        ValueList<T> before,
        ValueList<T> after,
        Func<T, string> name,
        string subject,
        Section<T> section,
        string[] comparedApart,
        List<ConfigChange> changes)
        where T : ConfigSection, new()
    {
        var old = before.ToDictionary(name, StringComparer.Ordinal);
        var kept = after.Select(name).ToHashSet(StringComparer.Ordinal);
        var gone = before.Select(name).Where(key => !kept.Contains(key));
        changes.AddRange(gone.Select(key => new ConfigChange(ConfigChangeKind.Removed, subject + key, [])));
        foreach (var element in after)
        {
            if (!old.TryGetValue(name(element), out var former))
            {
                changes.Add(new ConfigChange(ConfigChangeKind.Added, subject + name(element), []));
            }
            else if (ChangedKeys(section, former, element, comparedApart) is { Count: > 0 } keys)
            {
                changes.Add(new ConfigChange(ConfigChangeKind.Changed, subject + name(element), keys));
            }
        }
    }

    private static List<string> ChangedKeys<T>(Section<T> section, T before, T after, string[] comparedApart)
        where T : ConfigSection, new() =>
        [.. section.Keys.Where(key => !comparedApart.Contains(key.Name) && !key.IsSame(before, after)).Select(key => key.Name)];
}
