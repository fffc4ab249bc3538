using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Running;

/// <summary>The secrets of a configuration, each file read once: what the nodes share at once, others when they are first asked for. One
/// thread at a time.</summary>
internal sealed class SecretFiles
{
    private readonly AtlasConfig _config;
    private readonly Dictionary<SecretConfig, byte[]> _read = [];

    /// <summary>Reads what the nodes share.</summary>
    /// <exception cref="IOException">It cannot be read, or is too short to be a secret; the message says which key and file.</exception>
    internal SecretFiles(AtlasConfig config)
    {
        _config = config;
        Cluster = config.HighAvailability?.Secret is { } secret ? new ClusterSecret(Read(secret)) : null;
    }

    /// <summary>What the nodes share; null: they share nothing.</summary>
    internal ClusterSecret? Cluster { get; }

    /// <summary>One of those that the data plane goes by.</summary>
    /// <exception cref="IOException">It cannot be read; the message says which key and file.</exception>
    internal byte[] Read(SecretConfig secret)
    {
        if (!_read.TryGetValue(secret, out byte[]? bytes))
        {
            bytes = Secrets.Read(secret, _config);
            _read.Add(secret, bytes);
        }

        return bytes;
    }
}
