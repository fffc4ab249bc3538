using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Tests.Upstream;

public sealed class LearnedIdleAgeTests
{
    private const long NowMs = 10_000_000;

    [Fact]
    public void LimitMs_FewerClosesThanTheProof_KnowsNothing()
    {
        LearnedIdleAge age = Closed(60_000, 60_000);

        age.LimitMs(NowMs).ShouldBe(int.MaxValue);
    }

    [Theory]
    [InlineData(60_000, 56_000)]
    [InlineData(5_000, 2_500)]
    [InlineData(9_000, 5_000)]
    [InlineData(2_000, 1_000)]
    public void LimitMs_ClosesAtOneAge_IsTheMarginEarlierAndAtLeastHalf(int closedMs, int limitMs)
    {
        LearnedIdleAge age = Closed(closedMs, closedMs, closedMs);

        age.LimitMs(NowMs).ShouldBe(limitMs);
    }

    [Fact]
    public void LimitMs_AgesWithinTheTolerance_TakesTheSmallest()
    {
        LearnedIdleAge age = Closed(60_400, 60_000, 60_300);

        age.LimitMs(NowMs).ShouldBe(56_000);
    }

    [Fact]
    public void LimitMs_ClosesAtDifferentAges_KnowsNothing()
    {
        LearnedIdleAge age = Closed(1_000, 20_000, 3_000, 40_000, 7_000);

        age.LimitMs(NowMs).ShouldBe(int.MaxValue);
    }

    [Fact]
    public void ServerClosed_LaterThanWhatIsKnown_ChangesNothing()
    {
        LearnedIdleAge age = Closed(5_000, 5_000, 5_000, 50_000);

        age.LimitMs(NowMs).ShouldBe(2_500);
    }

    [Fact]
    public void ServerClosed_EarlierThanWhatIsKnown_LearnsAnew()
    {
        LearnedIdleAge age = Closed(60_000, 60_000, 60_000, 5_000);
        age.LimitMs(NowMs).ShouldBe(int.MaxValue);

        age.ServerClosed(5_000, NowMs + 1_000);
        age.ServerClosed(5_000, NowMs + 2_000);
        age.LimitMs(NowMs + 2_000).ShouldBe(2_500);
    }

    [Fact]
    public void ServerClosed_ManyAtOnce_TeachesNothing()
    {
        LearnedIdleAge age = default;
        for (int i = 0; i < 20; i++)
        {
            age.ServerClosed(5_000 + i, NowMs + i);
        }

        age.LimitMs(NowMs + 20).ShouldBe(int.MaxValue);
    }

    [Fact]
    public void ServerClosed_BelowTheSmallestAge_TeachesNothing()
    {
        int ageMs = LearnedIdleAge.MinAgeMs - 1;

        Closed(ageMs, ageMs, ageMs, ageMs).LimitMs(NowMs).ShouldBe(int.MaxValue);
    }

    [Fact]
    public void LimitMs_NoCloseForLong_ForgetsWhatWasLearned()
    {
        LearnedIdleAge age = Closed(60_000, 60_000, 60_000);

        age.LimitMs(NowMs + LearnedIdleAge.HoldsMs).ShouldBe(56_000);
        age.LimitMs(NowMs + LearnedIdleAge.HoldsMs + 1).ShouldBe(int.MaxValue);

        age.ServerClosed(60_000, NowMs + LearnedIdleAge.HoldsMs + 1);
        age.LimitMs(NowMs + LearnedIdleAge.HoldsMs + 1).ShouldBe(int.MaxValue);
    }

    // Closes a second apart, the last one at NowMs.
    private static LearnedIdleAge Closed(params int[] agesMs)
    {
        LearnedIdleAge age = default;
        for (int i = 0; i < agesMs.Length; i++)
        {
            age.ServerClosed(agesMs[i], NowMs - ((agesMs.Length - 1 - i) * 1_000));
        }

        return age;
    }
}
