using Atlas.Core.Configuration;

namespace Atlas.Core.RateLimiting;

/// <summary>
/// A limit of so many requests in a time with a burst above it: the generic cell rate algorithm in its form of virtual scheduling
/// (ITU-T I.371). All that is kept of a client is one number, the theoretical arrival time: when its next request would come, were
/// it one that keeps to the rate. It lies ahead of now by one interval for each request that is counted yet, and a request passes while
/// it would not lie further ahead than a burst of them. Immutable.
/// <para>
/// Times are in units of which a whole number makes a microsecond and a whole number makes an interval, so that no rate drifts: of
/// 100/s a microsecond is 1 unit and an interval 10,000; of 7/s it is 7 and 1,000,000. Absolute times in units wrap around in 64 bits;
/// only their difference to now means something, and what lies more than ten days off at the least favourable rate seems to lie on the
/// other side.
/// </para>
/// </summary>
public sealed class Gcra
{
    /// <summary>The most requests of a burst.</summary>
    public const int MaxBurst = 10_000_000;

    /// <summary>The most requests of a rate, in its time.</summary>
    public const int MaxCount = 10_000_000;

    private const int UsPerMs = 1_000;

    /// <summary>A limit.</summary>
    /// <param name="rate">How many, 1 to <see cref="MaxCount"/>, in at most an hour.</param>
    /// <param name="burst">How many at once, 1 to <see cref="MaxBurst"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
    public Gcra(Rate rate, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate.Count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate.Count, MaxCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate.PeriodMs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate.PeriodMs, 3_600_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(burst, MaxBurst);
        long periodUs = (long)rate.PeriodMs * UsPerMs;
        long divisor = GreatestCommonDivisor(periodUs, rate.Count);
        UnitsPerUs = rate.Count / divisor;
        Interval = periodUs / divisor;
        Burst = burst;
        Capacity = Interval * burst;
    }

    /// <summary>How many requests may pass at once.</summary>
    public int Burst { get; }

    /// <summary>Units in a microsecond, 1 to <see cref="MaxCount"/>.</summary>
    public long UnitsPerUs { get; }

    /// <summary>Units from one request to the next at the rate, at most an hour of microseconds.</summary>
    public long Interval { get; }

    /// <summary>Units that the theoretical arrival time may lie ahead: a burst of intervals, below 2^56.</summary>
    public long Capacity { get; }

    /// <summary>Whether another limit decides the same of every request.</summary>
    public bool IsSameAs(Gcra other) => (UnitsPerUs, Interval, Burst) == (other.UnitsPerUs, other.Interval, other.Burst);

    /// <summary>A time in units. It wraps around.</summary>
    public long UnitsOf(long us) => unchecked(us * UnitsPerUs);

    /// <summary>Decides on a request and counts it if it may pass.</summary>
    /// <param name="arrival">The client's theoretical arrival time in units; of a client that is not known, now or any time
    /// before. Gets the next one. One that lies further ahead than any can, of a clock that went back or a larger limit, counts as the
    /// furthest that can: such a client waits for one interval at most.</param>
    /// <param name="nowUs">The time in microseconds, of any origin.</param>
    public RateDecision Decide(ref long arrival, long nowUs)
    {
        long now = UnitsOf(nowUs);
        long ahead = Math.Clamp(unchecked(arrival - now), 0, Capacity);
        bool isAllowed = ahead <= Capacity - Interval;
        ahead += isAllowed ? Interval : 0;
        arrival = unchecked(now + ahead);
        return Describe(isAllowed, ahead);
    }

    /// <summary>What a decision means.</summary>
    /// <param name="isAllowed">Whether the request was counted.</param>
    /// <param name="ahead">Units that the theoretical arrival time lies ahead after it, 0 to <see cref="Capacity"/>.</param>
    public RateDecision Describe(bool isAllowed, long ahead) => new(
        isAllowed,
        (int)((Capacity - ahead) / Interval),
        isAllowed ? 0 : ToUs(Math.Max(ahead + Interval - Capacity, 0)),
        ToUs(ahead));

    /// <summary>The same moment as a theoretical arrival time of another limit, no further ahead than a burst of this one.</summary>
    /// <param name="arrival">It in units of the other limit.</param>
    /// <param name="other">The other limit.</param>
    /// <param name="nowUs">The time in microseconds.</param>
    public long ArrivalFrom(long arrival, Gcra other, long nowUs)
    {
        long ahead = Math.Clamp(unchecked(arrival - other.UnitsOf(nowUs)), 0, other.Capacity);
        var here = (Int128)ahead * UnitsPerUs / other.UnitsPerUs;
        return unchecked(UnitsOf(nowUs) + (long)Int128.Min(here, Capacity));
    }

    /// <summary>The largest number that divides both; of a number and 0, the number.</summary>
    internal static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    // Rounded up: a client that comes after it finds what it was told.
    private long ToUs(long units) => (units + UnitsPerUs - 1) / UnitsPerUs;
}
