using System.Globalization;

namespace Atlas.Core.Configuration;

/// <summary>Tells browsers to come with TLS only (HTTP Strict Transport Security, RFC 6797).</summary>
public sealed record HstsConfig : ConfigSection
{
    /// <summary>What lists of sites that browsers know beforehand ask of <see cref="MaxAgeSeconds"/>, one year
    /// (hstspreload.org).</summary>
    public const int MinPreloadSeconds = 365 * 86_400;

    /// <summary>How long browsers remember it; 0: they forget it. Default two years, as Mozilla advises.</summary>
    public int MaxAgeSeconds { get; init; } = 2 * 365 * 86_400;

    /// <summary>Whether it holds for all subdomains. Default false.</summary>
    public bool IncludesSubdomains { get; init; }

    /// <summary>Whether the site may stand in those lists. Default false.</summary>
    public bool AllowsPreload { get; init; }

    /// <summary>The value of <c>Strict-Transport-Security</c> (RFC 6797 6.1). It goes with responses over TLS only (7.2).</summary>
    public string HeaderValue => string.Create(CultureInfo.InvariantCulture, $"max-age={MaxAgeSeconds}")
        + (IncludesSubdomains ? "; includeSubDomains" : "") + (AllowsPreload ? "; preload" : "");
}
