using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Affinity;

/// <summary>What a response says of the client's server and session.</summary>
/// <param name="Cookie">The cookie that binds it; null: nothing is said.</param>
/// <param name="Server">The server's place in the pool.</param>
/// <param name="OverTls">Whether the client's request came over TLS.</param>
/// <param name="Session">The client's session, whose fields it does not see; null: none.</param>
internal readonly record struct ClientBinding(StickyCookie? Cookie, int Server, bool OverTls, UserSession? Session);
