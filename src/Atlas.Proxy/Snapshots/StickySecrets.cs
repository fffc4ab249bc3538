using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Proxy.Snapshots;

/// <summary>
/// What the ids of servers in cookies are made with.
/// <code>
///   the pool's sticky   high_availability   ids are made with
///   has a secret        any                 that
///   has none            has a secret        a key that comes of it
///   has none            has none            nothing secret
/// </code>
/// Nodes with the same configuration and secrets make the same ids, so that a client stays at its server whichever node it comes to.
/// </summary>
/// <param name="cluster">What the nodes share; null: nothing.</param>
/// <param name="read">Reads a secret; null: there are none. It may throw what reading a file does.</param>
internal sealed class StickySecrets(SecretConfig? cluster, Func<SecretConfig, byte[]>? read)
{
    private byte[]? _shared;

    /// <summary>The secret of a pool; null: it has none.</summary>
    internal byte[]? Find(StickyConfig sticky) =>
        read is null ? null
        : sticky.Secret is SecretConfig own ? read(own)
        : cluster is not null ? _shared ??= new ClusterSecret(read(cluster)).StickySecret
        : null;
}
