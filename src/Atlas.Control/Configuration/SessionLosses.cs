using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Tells which reloads lose the sessions of users. What a session keeps is found by its name, its store and the cookie's name.</summary>
internal static class SessionLosses
{
    /// <summary>What the subjects of changes of sessions begin with.</summary>
    internal const string Subject = "session ";

    // Redis's own.
    private const int DefaultPort = 6379;

    private const string Words = "the sessions of before are not taken along";

    /// <summary>The changes of sessions, each with what is lost; with those that come of a store alone.</summary>
    /// <param name="before">The configuration that runs.</param>
    /// <param name="after">The configuration that would.</param>
    /// <param name="changes">What the sections of sessions differ in.</param>
    internal static IEnumerable<ConfigChange> Tell(AtlasConfig before, AtlasConfig after, IReadOnlyList<ConfigChange> changes)
    {
        foreach (ConfigChange change in changes)
        {
            bool isLost = change.Kind == ConfigChangeKind.Removed
                || before.Sessions.Any(session => Subject + session.Name == change.Subject && IsLost(session, before, after));
            yield return isLost ? change with { Consequence = Words } : change;
        }

        // The section says the same, and the store that it names is another one.
        foreach (SessionConfig session in before.Sessions.Where(session => !changes.Any(change => change.Subject == Subject + session.Name)))
        {
            if (IsLost(session, before, after))
            {
                yield return new ConfigChange(ConfigChangeKind.Changed, Subject + session.Name, ["store"]) { Consequence = Words };
            }
        }
    }

    private static bool IsLost(SessionConfig session, AtlasConfig before, AtlasConfig after)
    {
        SessionConfig? next = after.Sessions.FirstOrDefault(other => other.Name == session.Name);
        return next is not null
            && (next.Cookie.Name != session.Cookie.Name || !IsSamePlace(StoreOf(before, session), StoreOf(after, next)));
    }

    private static StoreConfig StoreOf(AtlasConfig config, SessionConfig session) => config.Stores.First(store => store.Name == session.Store);

    // Memory is the store's own; a Redis may have another name here.
    private static bool IsSamePlace(StoreConfig one, StoreConfig other) => one.Type == other.Type
        && (one.Type == StoreType.Memory
            ? one.Name == other.Name
            : IsSameUrl(one.Url, other.Url) && one.Master == other.Master && HaveCommon(one.Sentinels, other.Sentinels)
                && HaveCommon(one.Cluster, other.Cluster));

    // One of several that are asked is enough to find the same servers.
    private static bool HaveCommon(ValueList<ServerAddress> some, ValueList<ServerAddress> others) =>
        (some.Count == 0 && others.Count == 0) || some.Intersect(others).Any();

    // Whoever the user is. With TLS the same server has another port.
    private static bool IsSameUrl(string? one, string? other)
    {
        if (one is null || other is null)
        {
            return one == other;
        }

        var (a, b) = (new Uri(one), new Uri(other));
        return a.IdnHost == b.IdnHost && DatabaseOf(a) == DatabaseOf(b) && (a.Scheme != b.Scheme || PortOf(a) == PortOf(b));
    }

    private static string DatabaseOf(Uri url) => url.AbsolutePath is "" or "/" ? "/0" : url.AbsolutePath;

    private static int PortOf(Uri url) => url.Port > 0 ? url.Port : DefaultPort;
}
