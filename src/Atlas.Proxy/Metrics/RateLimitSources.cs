namespace Atlas.Proxy.Metrics;

/// <summary>The names of <see cref="RateLimitSource"/> in metrics.</summary>
internal static class RateLimitSources
{
    internal const int Count = 4;

    internal static string NameOf(RateLimitSource source) => source switch
    {
        RateLimitSource.Local => "local",
        RateLimitSource.Store => "store",
        RateLimitSource.Fallback => "fallback",
        RateLimitSource.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}
