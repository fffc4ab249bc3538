namespace Atlas.Core.Configuration;

/// <summary>Session contents kept outside the servers, so that any server can serve any user.</summary>
public sealed record SessionConfig : ConfigSection
{
    /// <summary>Its key under <c>sessions</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The store's name.</summary>
    public string Store { get; init; } = "";

    /// <summary>The cookie that carries the session's id. Its time to live is unused: the session's counts.</summary>
    public CookieConfig Cookie { get; init; } = new();

    /// <summary>The header in which servers get and return the session. Default <c>Atlas-Session</c>.</summary>
    public string Header { get; init; } = "Atlas-Session";

    /// <summary>How long a session lives after its last use. Default 30 min.</summary>
    public int TtlSeconds { get; init; } = 1_800;

    /// <summary>How long a session lives at all, however often it is used; null: as long as it is used, the default.</summary>
    public int? LifetimeSeconds { get; init; }

    /// <summary>The most bytes of a session. Default 16 KiB.</summary>
    public int MaxSizeBytes { get; init; } = 16 * 1024;

    /// <summary>What happens when the store fails. Default 503.</summary>
    public StoreFailureAction OnStoreFailure { get; init; } = StoreFailureAction.Fail;
}
