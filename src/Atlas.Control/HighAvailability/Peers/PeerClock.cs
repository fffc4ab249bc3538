namespace Atlas.Control.HighAvailability.Peers;

/// <summary>The time of the nodes' liveness: microseconds of a monotonic clock, from when it was made.</summary>
internal sealed class PeerClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    internal long NowUs => time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond;

    internal long WallMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The wall clock at a moment, as it is now.</summary>
    internal DateTimeOffset At(long us) => time.GetUtcNow() - TimeSpan.FromMicroseconds(NowUs - us);
}
