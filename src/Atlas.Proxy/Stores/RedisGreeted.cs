namespace Atlas.Proxy.Stores;

/// <summary>How making a connection to Redis ended.</summary>
/// <param name="Connection">The connection, which takes calls; null: <paramref name="Problem"/> says why there is none.</param>
/// <param name="IsInTime">Whether Redis answered the greeting within the store's timeout.</param>
/// <param name="Problem">In words for operators, such as "127.0.0.1:6379 refuses connections".</param>
internal readonly record struct RedisGreeted(RedisConnection? Connection, bool IsInTime, string Problem);
