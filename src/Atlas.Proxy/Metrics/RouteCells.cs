namespace Atlas.Proxy.Metrics;

/// <summary>Where the numbers of a route lie.</summary>
internal static class RouteCells
{
    internal const int Mirrored = 0;
    internal const int Statuses = Mirrored + MirrorResults.Count;
    internal const int Allowed = Statuses + StatusClass.Count;
    internal const int Refused = Allowed + RateLimitSources.Count;
    internal const int Evicted = Refused + RateLimitSources.Count;
    internal const int Count = Evicted + 1;
}
