using System.Text;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Running;

/// <summary>Reads the secrets that a configuration names.</summary>
internal static class Secrets
{
    // No secret is longer; a file that is was named by mistake.
    private const int MaxBytes = 4_096;

    /// <summary>Reads one of those that the data plane goes by.</summary>
    /// <exception cref="IOException">It cannot be read, or is what the nodes share and too short to be a secret; the message says which
    /// key and file.</exception>
    internal static byte[] Read(SecretConfig secret, AtlasConfig config)
    {
        string key = IsShared(secret, config) ? "high_availability.secret"
            : config.Stores.FirstOrDefault(store => ReferenceEquals(store.Password, secret)) is { } store ? $"stores.{store.Name}.password"
            : config.Stores.FirstOrDefault(other => ReferenceEquals(other.SentinelPassword, secret)) is { } watched
                ? $"stores.{watched.Name}.sentinel_password"
            : "sticky.secret";
        return Read(secret, config, key);
    }

    /// <summary>What should be said of the secrets of a configuration that can be read: a file that others can read, too.</summary>
    internal static IReadOnlyList<ConfigError> FindOpen(AtlasConfig config)
    {
        if (config.HighAvailability?.Secret is not { } secret)
        {
            return [];
        }

        string path = ConfigPaths.Resolve(secret.FilePath, config.FileName);
        return FileRights.WhoElse(path) is string who
            ? [ErrorAt(secret, config, $"'secret': {secret.FilePath} is open to {who}: chmod 600 {path}")]
            : [];
    }

    /// <summary>Reads one, without the spaces and line ends around it.</summary>
    /// <param name="secret">Where it is.</param>
    /// <param name="configFile">The configuration's file, whose directory relative paths start from.</param>
    /// <param name="key">What the configuration calls it, for messages.</param>
    /// <exception cref="IOException">It cannot be read, is empty or too long; the message says which key and file.</exception>
    internal static byte[] Read(SecretConfig secret, string configFile, string key)
    {
        string path = ConfigPaths.Resolve(secret.FilePath, configFile);
        try
        {
            if (!File.Exists(path))
            {
                throw new IOException(Directory.Exists(path) ? $"{path} is a directory" : $"there is no file {path}");
            }

            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new IOException($"{path} is longer than {MaxBytes} bytes: no secret is");
            }

            byte[] bytes = File.ReadAllBytes(path).AsSpan().Trim(" \t\r\n"u8).ToArray();
            return bytes.Length > 0 ? bytes : throw new IOException($"{path} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{key}: {e.Message}", e);
        }
    }

    /// <summary>Those of a configuration that cannot be read here, each with its place.</summary>
    internal static IReadOnlyList<ConfigError> FindMissing(AtlasConfig config)
    {
        IEnumerable<(SecretConfig? Secret, string Key)> all =
        [
            .. config.Stores.Select(store => (store.Password, "password")),
            .. config.Stores.Select(store => (store.SentinelPassword, "sentinel_password")),
            .. config.Pools.Select(pool => (pool.Sticky?.Secret, "secret")),
            (config.Admin.Token, "token"),
            (config.HighAvailability?.Secret, "secret"),
        ];
        return [.. all.Select(one => one.Secret is { } secret ? ProblemOf(secret, one.Key, config) : null).OfType<ConfigError>()];
    }

    /// <summary>Reads one that is text.</summary>
    /// <exception cref="IOException">It cannot be read, is empty or too long; the message says which key and file.</exception>
    internal static string ReadText(SecretConfig secret, string configFile, string key) =>
        Encoding.UTF8.GetString(Read(secret, configFile, key));

    private static bool IsShared(SecretConfig secret, AtlasConfig config) => ReferenceEquals(config.HighAvailability?.Secret, secret);

    private static byte[] Read(SecretConfig secret, AtlasConfig config, string key)
    {
        byte[] bytes = Read(secret, config.FileName, key);
        return IsShared(secret, config) && ClusterSecret.ProblemOf(bytes) is string problem ? throw new IOException($"{key}: {problem}") : bytes;
    }

    private static ConfigError? ProblemOf(SecretConfig secret, string key, AtlasConfig config)
    {
        try
        {
            Read(secret, config, $"'{key}'");
            return null;
        }
        catch (IOException e)
        {
            return ErrorAt(secret, config, e.Message);
        }
    }

    private static ConfigError ErrorAt(SecretConfig secret, AtlasConfig config, string message)
    {
        SourcePosition place = secret.Source.PositionOf("file");
        return new ConfigError(config.FileName, place.Line, place.Column, message);
    }
}
