using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class ProbeScheduleTests
{
    private const double Middle = 0.5;

    // P passed, F failed; rise 2, fall 3, interval 5 s, in the middle of the jitter.
    [Theory]
    [InlineData("", 1_000)]
    [InlineData("P", 5_000)]
    [InlineData("PF", 1_000)]
    [InlineData("PFP", 5_000)]
    [InlineData("F", 5_000)]
    [InlineData("FF", 7_500)]
    [InlineData("FFF", 11_250)]
    [InlineData("FFFFF", 25_312.5)]
    [InlineData("FFFFFF", 30_000)]
    [InlineData("FFFFFFFFFF", 30_000)]
    [InlineData("FFFFFP", 1_000)]
    [InlineData("FFFFFPF", 7_500)]
    [InlineData("FFFFFPP", 5_000)]
    public void NextMs_ATable_Follows(string probes, double expectedMs) =>
        ProbeSchedule.NextMs(StateAfter(probes), 5_000, Middle).ShouldBe(expectedMs);

    [Fact]
    public void NextMs_IntervalBelowASecond_IsNotRaised() =>
        ProbeSchedule.NextMs(CheckState.New, 200, Middle).ShouldBe(200);

    [Fact]
    public void NextMs_IntervalAboveTheMaximum_DoesNotGrow() =>
        ProbeSchedule.NextMs(StateAfter("FFFFFF"), 60_000, Middle).ShouldBe(60_000);

    [Fact]
    public void NextMs_DownForever_StaysAtTheMaximum()
    {
        CheckState state = CheckState.New;
        for (int i = 0; i < 5_000; i++)
        {
            state = state.After(ProbeOutcome.Failed, rise: 2, fall: 3);
        }

        ProbeSchedule.NextMs(state, 5_000, Middle).ShouldBe(ProbeSchedule.DownMaxMs);
    }

    [Fact]
    public void NextMs_AnyStateAndRandom_StaysWithinATenthOfTheBounds() =>
        Gen.Select(Gen.Bool.Array[0, 40], Gen.Int[1, int.MaxValue], Gen.Double[0, 1]).Sample((passes, intervalMs, random) =>
        {
            CheckState state = StateAfter(string.Concat(passes.Select(passed => passed ? 'P' : 'F')));

            double nextMs = ProbeSchedule.NextMs(state, intervalMs, random);

            nextMs.ShouldBeGreaterThanOrEqualTo(Math.Min(ProbeSchedule.FastMs, intervalMs) * 0.89999);
            nextMs.ShouldBeLessThanOrEqualTo(Math.Max(ProbeSchedule.DownMaxMs, intervalMs) * 1.10001);
        });

    [Theory]
    [InlineData(0.0, 4_500)]
    [InlineData(1.0, 5_500)]
    public void NextMs_Up_IsTheIntervalGiveOrTakeATenth(double random, double expectedMs) =>
        ProbeSchedule.NextMs(StateAfter("P"), 5_000, random).ShouldBe(expectedMs, 0.001);

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.25, 1_250)]
    [InlineData(1.0, 5_000)]
    public void FirstMs_IsAnywhereInTheInterval(double random, double expectedMs) =>
        ProbeSchedule.FirstMs(5_000, random).ShouldBe(expectedMs);

    private static CheckState StateAfter(string probes) => probes.Aggregate(
        CheckState.New,
        (state, probe) => state.After(probe == 'P' ? ProbeOutcome.Passed : ProbeOutcome.Failed, rise: 2, fall: 3));
}
