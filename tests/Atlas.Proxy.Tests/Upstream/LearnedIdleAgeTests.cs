using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Tests.Upstream;

public sealed class LearnedIdleAgeTests
{
    [Fact]
    public void LimitMs_FewerClosesThanTheProof_KnowsNothing()
    {
        LearnedIdleAge age = Closed(60_000, 60_000);

        age.LimitMs.ShouldBe(int.MaxValue);
    }

    [Theory]
    [InlineData(60_000, 56_000)]
    [InlineData(5_000, 2_500)]
    [InlineData(9_000, 5_000)]
    [InlineData(2_000, 1_000)]
    public void LimitMs_ClosesAtOneAge_IsTheMarginEarlierAndAtLeastHalf(int closedMs, int limitMs)
    {
        LearnedIdleAge age = Closed(closedMs, closedMs, closedMs);

        age.LimitMs.ShouldBe(limitMs);
    }

    [Fact]
    public void LimitMs_AgesWithinTheTolerance_TakesTheSmallest()
    {
        LearnedIdleAge age = Closed(60_400, 60_000, 60_300);

        age.LimitMs.ShouldBe(56_000);
    }

    [Fact]
    public void LimitMs_ClosesAtDifferentAges_KnowsNothing()
    {
        LearnedIdleAge age = Closed(1_000, 20_000, 3_000, 40_000, 7_000);

        age.LimitMs.ShouldBe(int.MaxValue);
    }

    [Fact]
    public void ServerClosed_LaterThanWhatIsKnown_ChangesNothing()
    {
        LearnedIdleAge age = Closed(5_000, 5_000, 5_000, 50_000);

        age.LimitMs.ShouldBe(2_500);
    }

    [Fact]
    public void ServerClosed_EarlierThanWhatIsKnown_LearnsAnew()
    {
        LearnedIdleAge age = Closed(60_000, 60_000, 60_000, 5_000);
        age.LimitMs.ShouldBe(int.MaxValue);

        age.ServerClosed(5_000);
        age.ServerClosed(5_000);
        age.LimitMs.ShouldBe(2_500);
    }

    private static LearnedIdleAge Closed(params int[] agesMs)
    {
        LearnedIdleAge age = default;
        foreach (int ageMs in agesMs)
        {
            age.ServerClosed(ageMs);
        }

        return age;
    }
}
