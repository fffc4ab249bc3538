using Atlas.Core.Balancing;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class LatencyEstimateTests
{
    private const long NowUs = 5_000_000_000;

    [Fact]
    public void At_NothingObserved_IsZero() => default(LatencyEstimate).At(NowUs).ShouldBe(0);

    [Fact]
    public void Observe_Slower_CountsAtOnce()
    {
        LatencyEstimate estimate = default;
        estimate.Observe(10_000, NowUs);

        estimate.Observe(500_000, NowUs);

        estimate.At(NowUs).ShouldBe(500_000);
    }

    [Fact]
    public void Observe_FasterAfterTheDecayTime_CountsForTwoThirds()
    {
        LatencyEstimate estimate = default;
        estimate.Observe(500_000, NowUs);

        estimate.Observe(10_000, NowUs + 2_000_000);

        estimate.At(NowUs + 2_000_000).ShouldBe(10_000 + (490_000 / Math.E), 1);
    }

    [Fact]
    public void Observe_FasterOften_DoesNotDependOnTheRate()
    {
        LatencyEstimate often = default;
        LatencyEstimate rarely = default;
        often.Observe(500_000, NowUs);
        rarely.Observe(500_000, NowUs);

        for (int ms = 1; ms <= 1_000; ms++)
        {
            often.Observe(10_000, NowUs + (ms * 1_000));
        }

        rarely.Observe(10_000, NowUs + 1_000_000);
        often.At(NowUs + 1_000_000).ShouldBe(rarely.At(NowUs + 1_000_000), 100);
    }

    [Fact]
    public void At_WithoutObservations_FadesSoThatTheServerIsAskedAgain()
    {
        LatencyEstimate estimate = default;
        estimate.Observe(500_000, NowUs);

        estimate.At(NowUs + 8_000_000).ShouldBe(500_000 / Math.Pow(Math.E, 4), 1);
        estimate.At(NowUs + 86_400_000_000).ShouldBe(0, 1e-7);
        estimate.At(NowUs + 86_400_000_000).ShouldBeGreaterThan(0, "it is known all the same");
    }

    [Fact]
    public void At_EveryMillisecondOfAMinute_IsTheExponential()
    {
        LatencyEstimate estimate = default;
        estimate.Observe(1_000_000, NowUs);

        for (int ms = 0; ms <= 60_000; ms++)
        {
            double expected = 1_000_000 * Math.Exp(-ms / 2_000.0);
            estimate.At(NowUs + (ms * 1_000L)).ShouldBe(expected, expected * 1e-12);
        }
    }

    [Fact]
    public void At_ClockOfAWorkerThatIsBehind_IsTheEstimate()
    {
        LatencyEstimate estimate = default;
        estimate.Observe(500_000, NowUs);

        estimate.At(NowUs - 20_000).ShouldBe(500_000);
    }

    [Fact]
    public void Observe_AnyRow_StaysBetweenTheLeastAndTheMost() =>
        Gen.Select(Gen.Long[0, 100_000_000], Gen.Long[0, 10_000_000]).Array[1, 50].Sample(observations =>
        {
            LatencyEstimate estimate = default;
            long nowUs = NowUs;
            foreach ((long latencyUs, long passedUs) in observations)
            {
                nowUs += passedUs;
                estimate.Observe(latencyUs, nowUs);
            }

            double least = Math.Max(observations.Min(o => o.Item1), 1);
            double most = Math.Max(observations.Max(o => o.Item1), 1);
            double now = estimate.At(nowUs);
            return now >= least * 0.999 && now <= most * 1.001;
        });

    [Fact]
    public void Observe_ManyThreads_LosesNoPeak()
    {
        var server = new BalancedServer("a");

        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                server.Observe(1_000 + i, NowUs);
            }
        });

        server.Observe(1, NowUs);
        server.LatencyAt(NowUs).ShouldBe(20_999);
    }
}
