using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;

namespace Atlas.Running;

/// <summary>What a configuration asks for and this process may not do. Found before anything starts, with the place in the file,
/// and not only when the first connection fails.</summary>
internal static class MissingRights
{
    /// <summary>The places of all such keys.</summary>
    internal static IEnumerable<ConfigError> Find(AtlasConfig config)
    {
        PoolConfig? pool = config.Pools.FirstOrDefault(pool => pool.ConnectsAsClient);
        int error = pool is null ? 0 : ClientAddresses.Probe();
        if (error != 0)
        {
            SourcePosition at = pool!.Source.PositionOf("source");
            yield return new ConfigError(
                config.FileName,
                at.Line,
                at.Column,
                $"'source: client' needs the capability CAP_NET_RAW or CAP_NET_ADMIN, and this process has neither ({Errno.Text(error)}): "
                    + "run it as root, or give its unit AmbientCapabilities=CAP_NET_RAW, then restart it: a reload and an upgrade keep the "
                    + "rights that it has");
        }
    }
}
