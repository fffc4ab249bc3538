namespace Atlas.Control.Configuration.Sections;

/// <summary>How many of each a configuration may have; far above what is used, and a bound on memory and on the work of a reload.</summary>
internal static class SectionLimits
{
    /// <summary>Listeners.</summary>
    public const int Listeners = 256;

    /// <summary>Addresses of a listener.</summary>
    public const int Binds = 64;

    /// <summary>Pools.</summary>
    public const int Pools = 4096;

    /// <summary>Servers of a pool.</summary>
    public const int Servers = 4096;

    /// <summary>Routes of a listener; 10,000 cost a request no more than a few.</summary>
    public const int Routes = 16384;

    /// <summary>Hosts, paths, methods or networks that one key compares with.</summary>
    public const int Patterns = 256;

    /// <summary>Pools of a split.</summary>
    public const int Splits = 32;

    /// <summary>Certificates of a listener.</summary>
    public const int Certificates = 4096;

    /// <summary>Protocols of ALPN that a listener tells apart.</summary>
    public const int AlpnProtocols = 32;

    /// <summary>Sentinels, or servers of a cluster that are asked for the rest.</summary>
    public const int RedisNodes = 16;

    /// <summary>Stores, sessions, nodes, virtual routers: what there are a few of.</summary>
    public const int Few = 64;

    /// <summary>Names and addresses of a DNS zone.</summary>
    public const int Records = 1024;

    /// <summary>The longest timeout, in ms: one day.</summary>
    public const int LongestMs = 24 * 3_600_000;

    /// <summary>The longest life of sessions and cookies, in seconds: 400 days, the most that browsers take (RFC 6265bis 5.5).</summary>
    public const int LongestSeconds = 400 * 86_400;
}
