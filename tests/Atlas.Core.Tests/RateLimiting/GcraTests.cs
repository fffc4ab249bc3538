using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using CsCheck;

namespace Atlas.Core.Tests.RateLimiting;

public sealed class GcraTests
{
    private const long SecondUs = 1_000_000;
    private const long HourUs = 3_600 * SecondUs;

    internal static readonly Gen<Rate> Rates = Gen.Select(
        Gen.OneOf(Gen.Int[1, 20], Gen.Int[1, 10_000], Gen.Int[1, Gcra.MaxCount], Gen.Const(9_999_999)),
        Gen.OneOf(Gen.Const(1_000), Gen.Const(60_000), Gen.Const(3_600_000)),
        (count, periodMs) => new Rate(count, periodMs));

    // A machine that has been up for a while, and times at which products with the unit have wrapped around many times.
    private static readonly Gen<long> Starts = Gen.OneOf(Gen.Long[0, HourUs], Gen.Long[0, long.MaxValue / 4]);

    [Theory]
    [InlineData(100, 1_000, 1, 10_000)]
    [InlineData(7, 1_000, 7, 1_000_000)]
    [InlineData(10_000_000, 1_000, 10, 1)]
    [InlineData(9_999_999, 1_000, 9_999_999, 1_000_000)]
    [InlineData(1, 3_600_000, 1, 3_600_000_000)]
    [InlineData(600, 60_000, 1, 100_000)]
    public void Units_AnyRate_AreWholeNumbers(int count, int periodMs, long unitsPerUs, long interval)
    {
        var limit = new Gcra(new Rate(count, periodMs), burst: 3);

        (limit.UnitsPerUs, limit.Interval, limit.Capacity).ShouldBe((unitsPerUs, interval, 3 * interval));
    }

    [Fact]
    public void Decide_BurstThenMore_TellsWhatIsLeftAndWhenToComeAgain()
    {
        var limit = new Gcra(new Rate(10, 1_000), burst: 3);
        long arrival = 0;

        limit.Decide(ref arrival, SecondUs).ShouldBe(new RateDecision(true, 2, 0, 100_000));
        limit.Decide(ref arrival, SecondUs).ShouldBe(new RateDecision(true, 1, 0, 200_000));
        limit.Decide(ref arrival, SecondUs).ShouldBe(new RateDecision(true, 0, 0, 300_000));
        limit.Decide(ref arrival, SecondUs).ShouldBe(new RateDecision(false, 0, 100_000, 300_000));
        limit.Decide(ref arrival, SecondUs + 99_999).ShouldBe(new RateDecision(false, 0, 1, 200_001));
        limit.Decide(ref arrival, SecondUs + 100_000).ShouldBe(new RateDecision(true, 0, 0, 300_000));
        limit.Decide(ref arrival, 2 * SecondUs).ShouldBe(new RateDecision(true, 2, 0, 100_000));
    }

    /// <summary>Whoever comes when told gets in, whoever comes a microsecond earlier does not.</summary>
    [Fact]
    public void Decide_Refused_TellsTheFirstMomentThatIsAllowed() =>
        Gen.Select(Rates, Gen.Int[1, 50], Starts, Gen.Int[0, 2_000_000]).Sample((rate, burst, startUs, gapUs) =>
        {
            var limit = new Gcra(rate, burst);
            long arrival = limit.UnitsOf(startUs);
            Enumerable.Range(0, burst).ShouldAllBe(_ => limit.Decide(ref arrival, startUs).IsAllowed);
            long nowUs = startUs + gapUs;
            RateDecision decision = limit.Decide(ref arrival, nowUs);
            if (!decision.IsAllowed)
            {
                decision.RetryAfterUs.ShouldBeGreaterThan(0);
                limit.Decide(ref arrival, nowUs + decision.RetryAfterUs - 1).IsAllowed.ShouldBeFalse();
                limit.Decide(ref arrival, nowUs + decision.RetryAfterUs).IsAllowed.ShouldBeTrue();
            }
        });

    [Fact]
    public void Decide_AnyTimes_IsTheTokenBucket() =>
        Gen.Select(Rates, Gen.OneOf(Gen.Int[1, 30], Gen.Int[1, Gcra.MaxBurst]), Starts, Steps(400)).Sample((rate, burst, startUs, steps) =>
        {
            var limit = new Gcra(rate, burst);
            var bucket = new TokenBucket(rate, burst);
            long nowUs = startUs;
            long arrival = limit.UnitsOf(nowUs);
            foreach (long step in steps)
            {
                nowUs += step;
                RateDecision decision = limit.Decide(ref arrival, nowUs);
                decision.IsAllowed.ShouldBe(bucket.TryTake(nowUs));
                decision.Remaining.ShouldBe(bucket.Remaining);
            }
        });

    /// <summary>Between any two moments pass at most a burst and what the rate brings.</summary>
    [Fact]
    public void Decide_AnyWindow_HoldsAtMostABurstAndTheRate() =>
        Gen.Select(Rates, Gen.Int[1, 20], Steps(120)).Sample((rate, burst, steps) =>
        {
            var limit = new Gcra(rate, burst);
            long arrival = 0;
            long nowUs = HourUs;
            var allowed = new List<long>();
            foreach (long step in steps)
            {
                nowUs += step;
                if (limit.Decide(ref arrival, nowUs).IsAllowed)
                {
                    allowed.Add(nowUs);
                }
            }

            for (int first = 0; first < allowed.Count; first++)
            {
                for (int last = first; last < allowed.Count; last++)
                {
                    Int128 brought = (Int128)(allowed[last] - allowed[first]) * rate.Count / (rate.PeriodMs * 1_000L);
                    (last - first + 1).ShouldBeLessThanOrEqualTo((int)Int128.Min(burst + brought, int.MaxValue));
                }
            }
        });

    /// <summary>Over a long time exactly the rate passes: the intervals have no rounding that could add up.</summary>
    [Theory]
    [InlineData(7, 1_000, 100_000)]
    [InlineData(9_999_999, 1_000, 1)]
    [InlineData(10_000_000, 1_000, 1)]
    [InlineData(333_333, 60_000, 50)]
    [InlineData(7_777, 3_600_000, 100_000)]
    [InlineData(1, 3_600_000, 60_000_000)]
    public void Decide_ClientThatNeverStops_GetsExactlyTheRate(int count, int periodMs, long stepUs)
    {
        const int Steps = 200_000;
        var limit = new Gcra(new Rate(count, periodMs), burst: 1_000);
        long arrival = 0;
        long nowUs = 123 * HourUs;
        long allowed = 0;
        for (int i = 0; i <= Steps; i++, nowUs += stepUs)
        {
            // As often as it may at each moment.
            while (limit.Decide(ref arrival, nowUs).IsAllowed)
            {
                allowed++;
            }
        }

        allowed.ShouldBe(1_000 + (Steps * stepUs * count / (periodMs * 1_000L)));
    }

    /// <summary>A clock that goes back, by days at most, gives nobody more, and keeps nobody out for longer than an interval.</summary>
    [Fact]
    public void Decide_ClockGoesBack_GivesNoMoreAndLocksNobodyOut() =>
        Gen.Select(Rates, Gen.Int[1, 20], Gen.Long[1, 200 * HourUs]).Sample((rate, burst, backUs) =>
        {
            var limit = new Gcra(rate, burst);
            long arrival = 0;
            long nowUs = 10_000 * HourUs;
            while (limit.Decide(ref arrival, nowUs).IsAllowed)
            {
            }

            nowUs -= backUs;
            RateDecision decision = limit.Decide(ref arrival, nowUs);
            decision.IsAllowed.ShouldBeFalse();
            decision.RetryAfterUs.ShouldBe((limit.Interval + limit.UnitsPerUs - 1) / limit.UnitsPerUs);
            limit.Decide(ref arrival, nowUs + decision.RetryAfterUs).IsAllowed.ShouldBeTrue();
        });

    [Fact]
    public void ArrivalFrom_OtherLimit_IsTheSameMomentOrABurst()
    {
        var slow = new Gcra(new Rate(1, 1_000), burst: 10);
        var fast = new Gcra(new Rate(7, 1_000), burst: 14);

        fast.ArrivalFrom(slow.UnitsOf(5 * SecondUs) + slow.Interval, slow, 5 * SecondUs).ShouldBe(fast.UnitsOf(6 * SecondUs));
        fast.ArrivalFrom(slow.UnitsOf(5 * SecondUs) + slow.Capacity, slow, 5 * SecondUs).ShouldBe(fast.UnitsOf(7 * SecondUs));
        fast.ArrivalFrom(slow.UnitsOf(1), slow, 5 * SecondUs).ShouldBe(fast.UnitsOf(5 * SecondUs));
    }

    [Theory]
    [InlineData(0, 1_000, 1)]
    [InlineData(10_000_001, 1_000, 1)]
    [InlineData(1, 3_600_001, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1_000, 0)]
    [InlineData(1, 1_000, 10_000_001)]
    public void Constructor_OutOfRange_IsRefused(int count, int periodMs, int burst) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Gcra(new Rate(count, periodMs), burst));

    private static Gen<long[]> Steps(int most) =>
        Gen.OneOf(Gen.Const(0L), Gen.Long[0, 20], Gen.Long[0, 100_000], Gen.Long[0, HourUs]).Array[1, most];
}
