namespace Atlas.Core.Sessions;

/// <summary>How long sessions live.</summary>
/// <param name="TtlSeconds">How long after their last use.</param>
/// <param name="LifetimeSeconds">How long at all; null: as long as they are used.</param>
public sealed record SessionLife(int TtlSeconds, int? LifetimeSeconds)
{
    // A session that is used all the time is renewed this often. One of a short life is renewed when a quarter of it is gone.
    private const int RenewalMs = 60_000;
    private const int RenewalParts = 4;
    private const int MsPerSecond = 1_000;

    // Longer than all but a few requests take.
    private const int SoonMs = 30_000;

    /// <summary>Milliseconds that a session may live on from now; 0: it is over.</summary>
    /// <param name="createdSeconds">When it began.</param>
    /// <param name="nowSeconds">Now; both in seconds since 1970.</param>
    public long LeftMs(long createdSeconds, long nowSeconds)
    {
        long seconds = LifetimeSeconds is int lifetime
            ? Math.Min(TtlSeconds, createdSeconds + lifetime - nowSeconds)
            : TtlSeconds;
        return Math.Max(seconds, 0) * MsPerSecond;
    }

    /// <summary>Whether a session may end while a request is under way that has just begun, so that it is to live on before its response:
    /// within half a minute, or for one that has less time left than a minute, within half of that.</summary>
    /// <param name="keptMs">Milliseconds until its store forgets it.</param>
    /// <param name="leftMs">What <see cref="LeftMs"/> says.</param>
    public static bool EndsSoon(long keptMs, long leftMs) => keptMs < Math.Min(SoonMs, leftMs / 2);

    /// <summary>Whether a session that was used lives on for another time: at most once a minute.</summary>
    /// <param name="keptMs">Milliseconds until its store forgets it.</param>
    /// <param name="leftMs">What <see cref="LeftMs"/> says.</param>
    public bool IsRenewalDue(long keptMs, long leftMs) =>
        leftMs - keptMs >= Math.Min(RenewalMs, (long)TtlSeconds * MsPerSecond / RenewalParts);
}
