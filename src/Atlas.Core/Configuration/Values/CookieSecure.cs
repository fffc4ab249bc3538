namespace Atlas.Core.Configuration;

/// <summary>The <c>Secure</c> attribute of a cookie.</summary>
public enum CookieSecure
{
    /// <summary>Set where the client's request came over TLS.</summary>
    Auto,

    /// <summary>Always set; written <c>true</c>.</summary>
    Always,

    /// <summary>Never set; written <c>false</c>.</summary>
    Never,
}
