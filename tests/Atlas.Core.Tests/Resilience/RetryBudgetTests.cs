using Atlas.Core.Resilience;
using CsCheck;

namespace Atlas.Core.Tests.Resilience;

public sealed class RetryBudgetTests
{
    [Theory]
    [InlineData(1, 0.2, 3)]
    [InlineData(19, 0.2, 3)]
    [InlineData(20, 0.2, 4)]
    [InlineData(1_000, 0.2, 200)]
    [InlineData(1_000, 1, 1_000)]
    [InlineData(1_000, 0, 0)]
    public void TryBegin_UpToTheShare_Succeeds(int active, double share, int expected)
    {
        var budget = new RetryBudget();

        Enumerable.Range(0, 2_000).Count(_ => budget.TryBegin(active, share)).ShouldBe(expected);

        budget.Retries.ShouldBe(expected);
    }

    [Fact]
    public void End_GivesAPlaceBack()
    {
        var budget = new RetryBudget();
        while (budget.TryBegin(1, 0.2))
        {
            // Until it is used up.
        }

        budget.End();

        budget.TryBegin(1, 0.2).ShouldBeTrue();
        budget.TryBegin(1, 0.2).ShouldBeFalse();
    }

    [Fact]
    public void TryBegin_AnySteps_NeverExceedsWhatIsAllowed() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 200], Gen.Double[0, 1]).Array[0, 100].Sample(steps =>
        {
            var budget = new RetryBudget();
            int running = 0;
            foreach ((bool ends, int active, double share) in steps)
            {
                if (ends && running > 0)
                {
                    budget.End();
                    running--;
                }
                else if (budget.TryBegin(active, share))
                {
                    running++;
                    running.ShouldBeLessThanOrEqualTo(Math.Max(RetryBudget.MinRetries, (int)(active * share)));
                }

                budget.Retries.ShouldBe(running);
            }
        });

    [Fact]
    public void TryBegin_OnManyThreads_GivesExactlyWhatThereIs()
    {
        var budget = new RetryBudget();
        int given = 0;

        Parallel.For(0, 4_000, _ => Interlocked.Add(ref given, budget.TryBegin(100, 0.2) ? 1 : 0));

        given.ShouldBe(20);
    }
}
