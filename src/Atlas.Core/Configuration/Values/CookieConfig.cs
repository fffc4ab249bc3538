namespace Atlas.Core.Configuration;

/// <summary>A cookie that Atlas sets (RFC 6265).</summary>
public sealed record CookieConfig : ConfigSection
{
    /// <summary>Its name, a token. Default <c>atlas</c>.</summary>
    public string Name { get; init; } = "atlas";

    /// <summary>How long browsers keep it; 0: until they close, the default.</summary>
    public int TtlSeconds { get; init; }

    /// <summary>Whether scripts cannot read it. Default true.</summary>
    public bool HttpOnly { get; init; } = true;

    /// <summary>Whether other sites' requests carry it. Default lax.</summary>
    public CookieSameSite SameSite { get; init; } = CookieSameSite.Lax;

    /// <summary>Whether it goes over TLS only. Default as the request came.</summary>
    public CookieSecure Secure { get; init; } = CookieSecure.Auto;
}
