using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Affinity;

/// <summary>What a response says of the client's server and session.</summary>
/// <param name="Cookie">The cookie that binds it; null: nothing is said.</param>
/// <param name="Server">The server's place in the pool.</param>
/// <param name="OverTls">Whether the client's request came over TLS.</param>
/// <param name="Session">The client's session, whose fields it does not see; null: none.</param>
/// <param name="Shared">Who binds clients in a store; null: nobody does, or nothing is said.</param>
/// <param name="Client">Whom it knows the client as.</param>
internal readonly record struct ClientBinding(
    StickyCookie? Cookie, int Server, bool OverTls, UserSession? Session, SharedAffinity? Shared, StickyClient Client);
