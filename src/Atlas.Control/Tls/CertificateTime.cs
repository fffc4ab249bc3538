namespace Atlas.Control.Tls;

/// <summary>A certificate's time, looked at.</summary>
/// <param name="NotBeforeUnixSeconds">From when on it is valid, in seconds since 1970 (UTC).</param>
/// <param name="NotAfterUnixSeconds">Until when it is valid, in seconds since 1970 (UTC).</param>
/// <param name="At">The time that it is looked at.</param>
public readonly record struct CertificateTime(long NotBeforeUnixSeconds, long NotAfterUnixSeconds, DateTimeOffset At)
{
    /// <summary>From when on it is valid.</summary>
    public DateTimeOffset Begin => DateTimeOffset.FromUnixTimeSeconds(NotBeforeUnixSeconds);

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset End => DateTimeOffset.FromUnixTimeSeconds(NotAfterUnixSeconds);

    /// <summary>Where in its time it is.</summary>
    public CertificateState State =>
        At > End ? CertificateState.Expired
        : At < Begin ? CertificateState.Early
        : End - At <= CertificateStatus.WarnsBefore ? CertificateState.Expiring
        : CertificateState.Valid;

    /// <summary>Whole days until its time ends, rounded down; below 0: since it ended.</summary>
    public int DaysLeft => (int)Math.Floor((End - At).TotalDays);
}
