using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What stores and sessions must have.</summary>
internal static class StateRules
{
    /// <summary>Adds an error for every rule that stores or sessions break.</summary>
    public static void Check(AtlasConfig config, KnownNames names, Findings findings)
    {
        foreach (var store in config.Stores)
        {
            if (store.Type == StoreType.Memory)
            {
                findings.Forbid(store, ["url", "password", "timeout"], "needs type: redis, and this store is memory: add the type, or remove it");
            }
            else
            {
                findings.Forbid(store, ["max_memory"], "is for stores of type: memory; a Redis server has maxmemory in its own configuration");
                if (!store.Source.IsWritten("url"))
                {
                    findings.Add(store.Position, $"store '{store.Name}' is redis and needs 'url', such as redis://127.0.0.1:6379/0");
                }
            }
        }

        foreach (var session in config.Sessions)
        {
            PoolRules.CheckCookie(session.Cookie, findings);
            if (HeaderNames.Recognize(Encoding.ASCII.GetBytes(session.Header)) != KnownHeader.None)
            {
                findings.Add(
                    session.Source.PositionOf("header"),
                    $"'{session.Header}' has a meaning of its own in HTTP: the session needs a header of its own, such as Atlas-Session");
            }

            if (session.Store.Length > 0)
            {
                findings.Refer(session.Source.PositionOf("store"), "store", session.Store, names.Stores);
            }
        }

        findings.Unique(
            config.Sessions.Where(session => session.Cookie.Source.IsWritten("name")),
            session => session.Cookie.Name,
            session => session.Cookie.Source.PositionOf("name"),
            (name, line) => $"two sessions have the cookie '{name}', the first in line {line}: each needs its own");
    }
}
