using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class ServerOutliersTests
{
    private const int Enough = 5;

    // C connect failure, G gateway failure, S success, - nothing; each from the next of three clients. * where it is proposed.
    [Theory]
    [InlineData("GGGG", "    ")]
    [InlineData("GGGGG", "    *")]
    [InlineData("CCGGC", "    *")]
    [InlineData("GGGGSG", "      ")]
    [InlineData("GGSGGGGG", "       *")]
    [InlineData("GG--GGG", "      *")]
    [InlineData("GGGGGGGG", "    *   ")]
    [InlineData("-----------------------", "                       ")]
    public void Report_FailuresInARow_ProposeOnce(string outcomes, string expected)
    {
        var server = new ServerOutliers();
        uint client = 0;

        string found = string.Concat(outcomes.Select(letter => server.Report(Of(letter), client++ % 3, 1_000, Enough) ? '*' : ' '));

        found.ShouldBe(expected);
    }

    [Fact]
    public void Report_FailuresOfOneClient_NeverProposeButAreSaidOnceAMinute()
    {
        var server = new ServerOutliers();
        var told = new List<int>();

        for (int i = 0; i < 1_000; i++)
        {
            if (server.Report(ServerOutcome.GatewayFailure, clientKey: 9, i * 100, Enough))
            {
                told.Add(i);
                server.TakeOneClient().ShouldBeTrue();
                server.TakeOneClient().ShouldBeFalse();
            }

            server.IsProposed.ShouldBeFalse();
        }

        told.ShouldBe([Enough - 1, Enough - 1 + (ServerOutliers.OneClientQuietMs / 100)]);
        server.Evidence(100_000).IsOfOneClient(Enough).ShouldBeTrue();
        server.Evidence(100_000).DescribeOneClient(Enough).ShouldBe("1000 failures in a row, from one client only: not ejected");
        server.Report(ServerOutcome.GatewayFailure, clientKey: 10, 100_000, Enough).ShouldBeTrue();
        server.IsProposed.ShouldBeTrue();
        server.Evidence(100_000).IsOfOneClient(Enough).ShouldBeFalse();
    }

    [Fact]
    public void Evidence_HalfFailsForOneClient_IsOfOneClient()
    {
        var server = new ServerOutliers();
        for (int i = 0; i < OutlierEvidence.MinRequests; i++)
        {
            server.Report(i % 2 == 0 ? ServerOutcome.Success : ServerOutcome.ConnectFailure, clientKey: 1, i, Enough)
                .ShouldBe(i == OutlierEvidence.MinRequests - 1, "the last failure is the one that makes it enough");
        }

        server.Evidence(20).DescribeOneClient(Enough).ShouldBe("10 of 20 requests failed in 10s, of one client only: not ejected");
    }

    // Success and failure by turns: no two failures in a row.
    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void Report_HalfOfTwenty_Proposes(int requests, bool expected)
    {
        var server = new ServerOutliers();
        bool proposed = false;
        for (int i = 0; i < requests; i++)
        {
            ServerOutcome outcome = i % 2 == 0 ? ServerOutcome.Success : ServerOutcome.ConnectFailure;
            proposed |= server.Report(outcome, (uint)i, i * 10, Enough);
        }

        proposed.ShouldBe(expected);
        server.IsProposed.ShouldBe(expected);
    }

    [Fact]
    public void Report_FailuresThatAreTenSecondsOld_CountNoMoreButInARow()
    {
        var server = new ServerOutliers();
        server.Report(ServerOutcome.GatewayFailure, 1, 0, Enough);
        server.Report(ServerOutcome.ConnectFailure, 2, 60_000, Enough);

        server.Evidence(69_999).ShouldBe(new OutlierEvidence(1, 1, true, 1, 1, false));
        server.Evidence(70_000).ShouldBe(new OutlierEvidence(1, 1, true, 0, 0, false));
    }

    [Fact]
    public void Report_MoreFailuresThanARunCounts_StopsCounting()
    {
        var server = new ServerOutliers();
        for (int i = 0; i <= FailureRun.MaxCount; i++)
        {
            server.Report(ServerOutcome.ConnectFailure, 1, 0, Enough);
            server.Report(ServerOutcome.GatewayFailure, 1, 0, Enough);
        }

        OutlierEvidence evidence = server.Evidence(0);
        (evidence.ConnectFailures, evidence.GatewayFailures).ShouldBe((FailureRun.MaxCount, FailureRun.MaxCount));
        evidence.RunFromSeveral.ShouldBeFalse();
    }

    /// <summary>Judged anew from the list of what was reported.</summary>
    [Fact]
    public void Report_AnyRequests_ProposesExactlyWhenItIsFirstEnough() =>
        Gen.Select(Gen.Enum<ServerOutcome>(), Gen.UInt[0, 2], Gen.Int[0, 1_500]).Array[0, 80].Sample(steps =>
        {
            var server = new ServerOutliers();
            var added = new List<(long Second, ServerOutcome Outcome, uint Client)>();
            long nowMs = 0;
            bool wasEnough = false;
            foreach ((ServerOutcome outcome, uint client, int waitMs) in steps)
            {
                nowMs += waitMs;
                bool proposed = server.Report(outcome, client, nowMs, Enough) && server.IsProposed;
                if (outcome == ServerOutcome.None)
                {
                    proposed.ShouldBeFalse();
                    continue;
                }

                added.Add((nowMs / 1_000, outcome, client));
                bool isEnough = outcome != ServerOutcome.Success
                    && (IsRun(added) || IsShare(added.Where(request => request.Second > (nowMs / 1_000) - 10).ToList()));
                proposed.ShouldBe(isEnough && !wasEnough);
                wasEnough |= isEnough;
            }
        });

    [Fact]
    public void Report_OnManyThreads_ProposesOnce()
    {
        var server = new ServerOutliers();
        int proposals = 0;

        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                if (server.Report(ServerOutcome.GatewayFailure, (uint)thread, i, Enough))
                {
                    Interlocked.Increment(ref proposals);
                }
            }
        });

        // The first thread may have been the only one for a while.
        (proposals - (server.TakeOneClient() ? 1 : 0)).ShouldBe(1);
        server.Evidence(9_999).InARow.ShouldBe(FailureRun.MaxCount);
    }

    [Fact]
    public void Report_AllocatesNothing()
    {
        var server = new ServerOutliers();

        Allocations.Of(() => Report(server, 2_000)).ShouldBe(0);
    }

    [Theory]
    [InlineData(200, ServerOutcome.Success)]
    [InlineData(404, ServerOutcome.Success)]
    [InlineData(500, ServerOutcome.Success)]
    [InlineData(501, ServerOutcome.Success)]
    [InlineData(502, ServerOutcome.GatewayFailure)]
    [InlineData(503, ServerOutcome.GatewayFailure)]
    [InlineData(504, ServerOutcome.GatewayFailure)]
    [InlineData(505, ServerOutcome.Success)]
    public void OfStatus_GatewayStatuses_AreFailures(int status, ServerOutcome expected)
    {
        ServerOutcomes.OfStatus(status).ShouldBe(expected);
        expected.IsFailure().ShouldBe(expected == ServerOutcome.GatewayFailure);
    }

    private static void Report(ServerOutliers server, int count)
    {
        for (int i = 0; i < count; i++)
        {
            server.Report(i % 3 == 0 ? ServerOutcome.Success : ServerOutcome.GatewayFailure, (uint)i, i * 10, Enough);
        }
    }

    private static bool IsRun(List<(long Second, ServerOutcome Outcome, uint Client)> added)
    {
        var run = added.AsEnumerable().Reverse().TakeWhile(request => request.Outcome != ServerOutcome.Success).ToList();
        return run.Count >= Enough && run.Select(request => request.Client).Distinct().Count() > 1;
    }

    private static bool IsShare(List<(long Second, ServerOutcome Outcome, uint Client)> window)
    {
        var failures = window.Where(request => request.Outcome != ServerOutcome.Success).ToList();
        return window.Count >= 20 && failures.Count * 2 >= window.Count
            && failures.Select(request => request.Client).Distinct().Count() > 1;
    }

    private static ServerOutcome Of(char letter) => letter switch
    {
        'C' => ServerOutcome.ConnectFailure,
        'G' => ServerOutcome.GatewayFailure,
        'S' => ServerOutcome.Success,
        '-' => ServerOutcome.None,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };
}
