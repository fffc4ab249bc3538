using System.Runtime.InteropServices;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Affinity;

/// <summary>What a response says of the client's server and session; as it is made, nothing.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ClientBinding
{
    private readonly HiddenFields? _hidden;

    /// <summary>The cookie that binds it; null: nothing is said.</summary>
    internal StickyCookie? Cookie { get; init; }

    /// <summary>The server's place in the pool.</summary>
    internal int Server { get; init; }

    /// <summary>Whether the client's request came over TLS.</summary>
    internal bool IsOverTls { get; init; }

    /// <summary>The client's session; null: none.</summary>
    internal UserSession? Session { get; init; }

    /// <summary>Who binds clients in a store; null: nobody does, or nothing is said.</summary>
    internal SharedAffinity? Shared { get; init; }

    /// <summary>Whom it knows the client as.</summary>
    internal StickyClient Client { get; init; }

    /// <summary>Fields that the client does not see.</summary>
    internal HiddenFields Hidden
    {
        get => _hidden ?? HiddenFields.None;
        init => _hidden = value;
    }
}
