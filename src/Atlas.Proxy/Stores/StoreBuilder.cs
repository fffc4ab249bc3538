using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Stores;

/// <summary>Makes stores from what is written.</summary>
internal static class StoreBuilder
{
    /// <summary>Makes one, or takes the one that a snapshot has which says the same.</summary>
    /// <param name="config">What is written, without errors.</param>
    /// <param name="previous">What serves until now.</param>
    /// <param name="metrics">What counts; null: nothing does.</param>
    /// <param name="readSecret">Reads its passwords; null: there is none. It may throw what reading a file does.</param>
    /// <param name="observer">Hears of its changes; null: nobody does.</param>
    internal static StoreState Build(
        StoreConfig config, ProxySnapshot previous, ProxyMetrics? metrics, Func<SecretConfig, byte[]>? readSecret, IStoreObserver? observer)
    {
        byte[] password = Read(config.Password, readSecret);
        byte[] sentinelPassword = Read(config.SentinelPassword, readSecret);
        StoreState? known = previous.Stores.FirstOrDefault(store => store.Name == config.Name);
        return known is not null && known.Config == config
            && known.Redis?.Password.Span.SequenceEqual(password) != false
            && known.Redis?.SentinelPassword.Span.SequenceEqual(sentinelPassword) != false
            ? known
            : Make(config, password, sentinelPassword, metrics, observer);
    }

    private static byte[] Read(SecretConfig? secret, Func<SecretConfig, byte[]>? readSecret) =>
        secret is not null && readSecret is not null ? readSecret(secret) : [];

    private static StoreState Make(
        StoreConfig config, byte[] password, byte[] sentinelPassword, ProxyMetrics? metrics, IStoreObserver? observer)
    {
        bool isRedis = config.Type == StoreType.Redis;
        Uri? url = config.Url is null ? null : new Uri(config.Url);
        RedisOptions? options = !isRedis ? null : new RedisOptions
        {
            TimeoutMs = config.TimeoutMs,
            User = config.User ?? (url?.UserInfo.Length > 0 ? Uri.UnescapeDataString(url.UserInfo) : null),
            Password = password,
            SentinelPassword = sentinelPassword,
            Database = int.TryParse(url?.AbsolutePath.TrimStart('/'), out int database) ? database : 0,
            IsTls = config.TlsInUse is not null,
            ServerName = config.Tls?.ServerName,
        };
        return new StoreState(config, options, metrics?.Workers ?? 1)
        {
            Metrics = isRedis ? metrics?.Store(config.Name) : null,
            Observer = observer,

            // Of sentinels and clusters others find out who takes calls.
            Topology = url is null
                ? RedisTopology.Unknown
                : RedisTopology.Of(new RedisEndpoint(url.IdnHost.Trim('[', ']'), url.Port > 0 ? url.Port : RedisEndpoint.DefaultPort)),
        };
    }
}
