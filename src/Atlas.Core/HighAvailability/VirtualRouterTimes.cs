namespace Atlas.Core.HighAvailability;

/// <summary>The intervals of RFC 9568 6.1.</summary>
public static class VirtualRouterTimes
{
    /// <summary>The hundredth of a second in which packets count, in microseconds.</summary>
    public const long CentisecondUs = 10_000;

    /// <summary>The advertisements that have to be missing before a master is taken for dead.</summary>
    public const int MissingAdvertisements = 3;

    /// <summary>Skew_Time: the higher the priority, the shorter, so that the best backup is the first to take over.</summary>
    /// <param name="priority">The backup's priority, 1 to 255.</param>
    /// <param name="intervalUs">Active_Adver_Interval: the interval of the master's advertisements.</param>
    /// <returns>Microseconds, less than an interval.</returns>
    public static long SkewUs(int priority, long intervalUs) => (256 - priority) * intervalUs / 256;

    /// <summary>Active_Down_Interval, Master_Down_Interval before RFC 9568: how long a master is silent before a backup takes
    /// over.</summary>
    /// <param name="priority">The backup's priority, 1 to 255.</param>
    /// <param name="intervalUs">Active_Adver_Interval: the interval of the master's advertisements.</param>
    /// <returns>Microseconds.</returns>
    public static long DownUs(int priority, long intervalUs) =>
        (MissingAdvertisements * intervalUs) + SkewUs(priority, intervalUs);
}
