namespace Atlas.Core.Configuration;

/// <summary>Keeps a client at its server.</summary>
public sealed record StickyConfig : ConfigSection
{
    /// <summary>What a client is known by. Default a cookie that Atlas sets.</summary>
    public StickyKind By { get; init; } = StickyKind.Cookie;

    /// <summary>The header's or the servers' cookie's name; empty with the other kinds.</summary>
    public string Name { get; init; } = "";

    /// <summary>The cookie that Atlas sets; unused with the other kinds.</summary>
    public CookieConfig Cookie { get; init; } = new();

    /// <summary>What the ids in that cookie are signed with; null: they are not secret. Unused with the other kinds.</summary>
    public SecretConfig? Secret { get; init; }

    /// <summary>The store that knows each client's server; null, written <c>none</c>: the client carries it, or it is computed.</summary>
    public string? Store { get; init; }

    /// <summary>With a store: how long it knows a client after its last request. Default 1 h.</summary>
    public int TtlSeconds { get; init; } = 3_600;
}
