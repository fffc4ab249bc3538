namespace Atlas.Core.Configuration;

/// <summary>The <c>SameSite</c> attribute of a cookie.</summary>
public enum CookieSameSite
{
    /// <summary>With other sites' links, not with their other requests.</summary>
    Lax,

    /// <summary>With the site's own requests only.</summary>
    Strict,

    /// <summary>With every request; browsers want <c>Secure</c> then.</summary>
    None,
}
