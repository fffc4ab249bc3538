using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class OutcomeWindowTests
{
    [Theory]
    [InlineData(9_999, 1)]
    [InlineData(10_000, 0)]
    [InlineData(20_000, 0)]
    public void Read_AFailureOfTheFirstSecond_IsOfTheWindowForTenCells(long nowMs, long failures)
    {
        var window = new OutcomeWindow(1_000);
        window.AddFailure(0, clientKey: 1);

        window.Read(nowMs).ShouldBe((failures, failures, false));
    }

    [Theory]
    [InlineData(new uint[] { 7, 7 }, false)]
    [InlineData(new uint[] { 7, 8 }, true)]
    [InlineData(new uint[] { 0, 0 }, false)]
    [InlineData(new uint[] { 0, 1 }, true)]
    public void Read_Failures_TellWhetherClientsDiffer(uint[] clients, bool expected)
    {
        var sameCell = new OutcomeWindow(1_000);
        var otherCells = new OutcomeWindow(1_000);
        for (int i = 0; i < clients.Length; i++)
        {
            sameCell.AddFailure(0, clients[i]);
            otherCells.AddFailure(i * 1_000, clients[i]);
        }

        sameCell.Read(2_000).FromSeveral.ShouldBe(expected);
        otherCells.Read(2_000).FromSeveral.ShouldBe(expected);
    }

    [Fact]
    public void AddSuccess_PastAFullCell_HalvesItAndKeepsTheShare()
    {
        var window = new OutcomeWindow(1_000);
        const int full = (1 << 18) - 1;
        for (int i = 0; i < full; i++)
        {
            if (i % 4 == 0)
            {
                window.AddFailure(0, clientKey: 1);
            }
            else
            {
                window.AddSuccess(0);
            }
        }

        window.Read(0).Total.ShouldBe(full);

        window.AddSuccess(0);

        window.Read(0).ShouldBe(((full / 2) + 1, (full + 1) / 8, false));
    }

    [Fact]
    public void Add_OfAThreadThatIsAWholeWindowBehind_IsDropped()
    {
        var window = new OutcomeWindow(1_000);
        window.AddSuccess(10_000);

        window.AddFailure(0, clientKey: 1);

        window.Read(10_000).ShouldBe((1, 0, false));
    }

    /// <summary>Judged anew from all that was added: a request is of the window while its cell and nine later ones last.</summary>
    [Fact]
    public void Read_AfterAnyRequests_HoldsThoseOfTheLastTenCells() =>
        Gen.Select(Gen.Int[1, 2_000], Gen.Select(Gen.Int[0, 3_000], Gen.Bool, Gen.UInt[0, 2]).Array[0, 80]).Sample((cellMs, steps) =>
        {
            var window = new OutcomeWindow(cellMs);
            var added = new List<(long Cell, bool Failed, uint Client)>();
            long nowMs = 0;
            foreach ((int waitMs, bool failed, uint client) in steps)
            {
                nowMs += waitMs;
                if (failed)
                {
                    window.AddFailure(nowMs, client);
                }
                else
                {
                    window.AddSuccess(nowMs);
                }

                added.Add((nowMs / cellMs, failed, client));
                var within = added.Where(request => request.Cell > (nowMs / cellMs) - 10).ToList();
                var failures = within.Where(request => request.Failed).ToList();
                window.Read(nowMs).ShouldBe(
                    (within.Count, failures.Count, failures.Select(request => request.Client).Distinct().Count() > 1));
            }
        });

    [Fact]
    public void Add_OnManyThreads_LosesNothing()
    {
        const int perThread = 20_000;
        var window = new OutcomeWindow(1_000);

        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < perThread; i++)
            {
                window.AddSuccess(i % 10 * 1_000);
                window.AddFailure(i % 10 * 1_000, (uint)thread);
            }
        });

        window.Read(9_000).ShouldBe((8 * perThread, 4 * perThread, true));
    }
}
