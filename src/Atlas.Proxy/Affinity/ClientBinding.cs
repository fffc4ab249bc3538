using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Affinity;

/// <summary>What a response says of the client's server and session.</summary>
/// <param name="Cookie">The cookie that binds it; null: nothing is said.</param>
/// <param name="Server">The server's place in the pool.</param>
/// <param name="OverTls">Whether the client's request came over TLS.</param>
/// <param name="Session">The client's session; null: none.</param>
/// <param name="HiddenOrNone">Fields that it does not see; null: there are none.</param>
/// <param name="Shared">Who binds clients in a store; null: nobody does, or nothing is said.</param>
/// <param name="Client">Whom it knows the client as.</param>
internal readonly record struct ClientBinding(
    StickyCookie? Cookie, int Server, bool OverTls, UserSession? Session, HiddenFields? HiddenOrNone, SharedAffinity? Shared, StickyClient Client)
{
    /// <summary>Fields that the client does not see.</summary>
    internal HiddenFields Hidden => HiddenOrNone ?? HiddenFields.None;
}
