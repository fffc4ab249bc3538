namespace Atlas.Proxy.Metrics;

/// <summary>Where the numbers of a server lie.</summary>
internal static class ServerCells
{
    internal const int Attempts = 0;
    internal const int Retries = 1;
    internal const int Active = 2;
    internal const int Connected = 3;
    internal const int Idle = 4;
    internal const int FirstByteSumUs = 5;
    internal const int Failovers = 6;
    internal const int Repeats = 7;
    internal const int Statuses = 8;
    internal const int FirstBytes = Statuses + StatusClass.Count;

    internal static readonly int Errors = FirstBytes + DurationBuckets.Count;
    internal static readonly int Count = Errors + ErrorCells.Count;

    /// <summary>The cell of attempts that are not the first.</summary>
    internal static int OfKind(AttemptKind kind) => kind switch
    {
        AttemptKind.Repeat => Repeats,
        AttemptKind.Failover => Failovers,
        AttemptKind.Retry => Retries,
        AttemptKind.First or _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
