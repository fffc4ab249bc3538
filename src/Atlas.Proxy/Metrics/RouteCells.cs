namespace Atlas.Proxy.Metrics;

/// <summary>Where the numbers of a route lie.</summary>
internal static class RouteCells
{
    internal const int Mirrored = 0;
    internal const int Statuses = Mirrored + MirrorResults.Count;
    internal const int Count = Statuses + StatusClass.Count;
}
