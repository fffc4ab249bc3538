namespace Atlas.Proxy.Affinity;

/// <summary>What a response says of the client's server.</summary>
/// <param name="Cookie">The cookie that binds it; null: nothing is said.</param>
/// <param name="Server">The server's place in the pool.</param>
/// <param name="OverTls">Whether the client's request came over TLS.</param>
internal readonly record struct ClientBinding(StickyCookie? Cookie, int Server, bool OverTls);
