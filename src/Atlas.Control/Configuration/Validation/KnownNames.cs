using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>The names that other sections can refer to.</summary>
/// <param name="config">The configuration that has them.</param>
internal sealed class KnownNames(AtlasConfig config)
{
    /// <summary>The names of pools.</summary>
    public HashSet<string> Pools { get; } = config.Pools.Select(pool => pool.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of those pools whose servers may be spoken to in HTTP/2.</summary>
    public HashSet<string> Http2Pools { get; } =
        config.Pools.Where(pool => pool.Protocol != UpstreamProtocol.Http1).Select(pool => pool.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of stores.</summary>
    public HashSet<string> Stores { get; } = config.Stores.Select(store => store.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of those stores that other nodes reach.</summary>
    public HashSet<string> SharedStores { get; } =
        config.Stores.Where(store => store.Type == StoreType.Redis).Select(store => store.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of sessions.</summary>
    public HashSet<string> Sessions { get; } = config.Sessions.Select(session => session.Name).ToHashSet(StringComparer.Ordinal);
}
