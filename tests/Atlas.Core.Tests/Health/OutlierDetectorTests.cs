using Atlas.Core.Configuration;
using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class OutlierDetectorTests
{
    private static readonly OutlierDetectionConfig Config = new();
    private readonly List<OutlierVerdict> _verdicts = [];

    [Fact]
    public void Decide_AProposedServer_IsEjectedForItsTime()
    {
        OutlierCandidate[] pool = Pool(2);
        Fail(pool[1], 1_000);

        Decide(pool, 1_000).ShouldBe(31_000);

        pool[1].Outliers.IsEjected.ShouldBeTrue();
        pool[1].Outliers.IsProposed.ShouldBeFalse();
        _verdicts.ShouldHaveSingleItem().ShouldBe(new OutlierVerdict(
            1, OutlierVerdictKind.Ejected, pool[1].Outliers.Ejection, "for 30s: 5 failures in a row (5 to connect)"));
        pool[1].Outliers.Ejection.Times.ShouldBe(1);
        pool[1].Outliers.EjectedFor.ShouldBe("5 failures in a row (5 to connect)");
        pool[1].Outliers.EjectedUntilMs.ShouldBe(31_000);
    }

    [Fact]
    public void Decide_BeforeAndAtTheEndOfTheTime_TakesItBackThen()
    {
        OutlierCandidate[] pool = Pool(2);
        Fail(pool[1], 1_000);
        Decide(pool, 1_000);
        _verdicts.Clear();

        Decide(pool, 30_999).ShouldBe(31_000);
        _verdicts.ShouldBeEmpty();
        Decide(pool, 31_000).ShouldBe(long.MaxValue);

        pool[1].Outliers.IsEjected.ShouldBeFalse();
        pool[1].Outliers.EjectedFor.ShouldBeNull();
        pool[1].Outliers.Evidence(31_000).ShouldBe(default);
        _verdicts.ShouldHaveSingleItem().Kind.ShouldBe(OutlierVerdictKind.Returned);
    }

    [Fact]
    public void Decide_AfterACheckPassed_TakesItBackAtOnce()
    {
        OutlierCandidate[] pool = Pool(2);
        pool[1].Outliers.CheckPassed().ShouldBeFalse();
        Fail(pool[1], 0);
        Decide(pool, 0);
        pool[1].Outliers.CheckPassed().ShouldBeTrue();
        pool[1].Outliers.CheckPassed().ShouldBeFalse();
        _verdicts.Clear();

        Decide(pool, 5_000);

        _verdicts.ShouldHaveSingleItem().Detail.ShouldBe("a health check passed");
        pool[1].Outliers.Ejection.UntilMs.ShouldBe(5_000);

        // What passed before counts for the ejection before only.
        Fail(pool[1], 5_000);
        Decide(pool, 5_000);
        Decide(pool, 5_001);
        pool[1].Outliers.IsEjected.ShouldBeTrue();
        pool[1].Outliers.Ejection.Times.ShouldBe(2);
    }

    [Fact]
    public void Decide_TheLastAvailableOne_IsKeptAndSaidOnce()
    {
        OutlierCandidate[] pool = Pool(3);
        pool[0] = pool[0] with { Health = ServerHealth.Down };
        pool[2] = pool[2] with { Admin = AdminState.Drain };
        Fail(pool[1], 0);

        Decide(pool, 0).ShouldBe(OutlierDetector.KeptMs);
        Decide(pool, 1_000);

        _verdicts.ShouldHaveSingleItem().Detail.ShouldBe(
            "5 failures in a row (5 to connect), but it is the last one available");
        pool[1].Outliers.IsEjected.ShouldBeFalse();
        pool[1].Outliers.KeptFor.ShouldBe(_verdicts[0].Detail);

        // Another is back: now it may go.
        pool[0] = pool[0] with { Health = ServerHealth.Up };
        Decide(pool, 2_000);
        _verdicts[^1].Kind.ShouldBe(OutlierVerdictKind.Ejected);
        pool[1].Outliers.KeptFor.ShouldBeNull();
    }

    [Fact]
    public void Decide_AServerThatIsKeptForLong_SaysSoOnceAMinute()
    {
        OutlierCandidate[] pool = Pool(4);
        OutlierDetectionConfig one = Config with { MaxEjectedShare = 0.25, EjectForMs = 300_000 };
        Fail(pool[0], 0);
        for (int i = 0; i < 150; i++)
        {
            Fail(pool[1], i * 1_000);
            Decide(pool, i * 1_000, one);
        }

        OutlierVerdict[] kept = [.. _verdicts.Where(verdict => verdict.Kind == OutlierVerdictKind.Kept && verdict.Index == 1)];
        kept.Length.ShouldBe(3);
        kept.ShouldAllBe(verdict => verdict.Detail.EndsWith("but max_ejected allows 1 of the pool"));
        pool[1].Outliers.KeptFor.ShouldNotBeNull();
    }

    [Fact]
    public void Decide_AServerThatFailsForOneClient_IsKeptAndSaidOnce()
    {
        OutlierCandidate[] pool = Pool(3);
        for (int i = 0; i < 12; i++)
        {
            pool[1].Outliers.Report(ServerOutcome.ConnectFailure, clientKey: 7, i, Config.ConsecutiveFailures);
        }

        Decide(pool, 12).ShouldBe(long.MaxValue);
        Decide(pool, 13);

        OutlierVerdict verdict = _verdicts.ShouldHaveSingleItem();
        (verdict.Index, verdict.Kind).ShouldBe((1, OutlierVerdictKind.Kept));
        verdict.Detail.ShouldBe("12 failures in a row, from one client only: not ejected");
    }

    [Fact]
    public void Decide_AServerThatFailsForOneClientAndIsOut_SaysNothing()
    {
        OutlierCandidate[] pool = Pool(2);
        for (int i = 0; i < 12; i++)
        {
            pool[1].Outliers.Report(ServerOutcome.ConnectFailure, clientKey: 7, i, Config.ConsecutiveFailures);
        }

        pool[1] = pool[1] with { Health = ServerHealth.Down };
        Decide(pool, 12);

        _verdicts.ShouldBeEmpty();
    }

    [Fact]
    public void Decide_AKeptServerThatWorksAgain_IsForgiven()
    {
        OutlierCandidate[] pool = Pool(1);
        Fail(pool[0], 0);
        Decide(pool, 0);
        pool[0].Outliers.Report(ServerOutcome.Success, 1, 10_000, Config.ConsecutiveFailures);

        Decide(pool, 10_000).ShouldBe(long.MaxValue);

        pool[0].Outliers.IsProposed.ShouldBeFalse();
        pool[0].Outliers.IsEjected.ShouldBeFalse();
    }

    [Fact]
    public void Decide_AServerThatIsDownAlready_IsNotEjectedButBeginsAnew()
    {
        OutlierCandidate[] pool = Pool(3);
        Fail(pool[0], 0);
        pool[0] = pool[0] with { Health = ServerHealth.Down };

        Decide(pool, 0);

        _verdicts.ShouldBeEmpty();
        pool[0].Outliers.IsProposed.ShouldBeFalse();
        pool[0].Outliers.Evidence(0).ShouldBe(default);
    }

    [Theory]
    [InlineData(4, 0.5, 2)]
    [InlineData(3, 0.5, 1)]
    [InlineData(1, 0.5, 0)]
    [InlineData(5, 0.1, 0)]
    [InlineData(100, 0.29, 29)]
    [InlineData(4, 1, 3)]
    [InlineData(4, 0, 0)]
    public void Decide_AllServersFail_EjectsTheShareAndNeverTheLast(int servers, double share, int expected)
    {
        OutlierCandidate[] pool = Pool(servers);
        foreach (OutlierCandidate server in pool)
        {
            Fail(server, 0);
        }

        Decide(pool, 0, Config with { MaxEjectedShare = share });

        pool.Count(server => server.Outliers.IsEjected).ShouldBe(expected);
        _verdicts.Count(verdict => verdict.Kind == OutlierVerdictKind.Kept).ShouldBe(servers - expected);
    }

    [Fact]
    public void ReturnAll_Ejected_TakesThemBack()
    {
        OutlierCandidate[] pool = Pool(2);
        Fail(pool[1], 0);
        Decide(pool, 0);

        OutlierDetector.ReturnAll(pool, 1, _verdicts);

        pool[1].Outliers.IsEjected.ShouldBeFalse();
        _verdicts[^1].Detail.ShouldBe("outlier detection is off");
    }

    [Fact]
    public void Describe_AShareOfTheWindow_SaysItInNumbers() =>
        new OutlierEvidence(1, 1, true, 24, 12, true).Describe(5).ShouldBe("12 of 24 requests failed in 10s");

    /// <summary>Whatever fails, whenever it is decided: bounds hold, and somebody is left.</summary>
    [Fact]
    public void Decide_AnyFailures_StaysWithinItsBounds() =>
        Gen.Select(
            Gen.Int[1, 8],
            Gen.Double[0, 1],
            Gen.Select(Gen.Int[0, 7], Gen.Enum<ServerOutcome>(), Gen.UInt[0, 2], Gen.Int[0, 40_000], Gen.Enum<AdminState>(), Gen.Enum<ServerHealth>())
                .Array[0, 120])
            .Sample((servers, share, steps) =>
        {
            OutlierDetectionConfig config = Config with { MaxEjectedShare = share, ConsecutiveFailures = 2 };
            OutlierCandidate[] pool = Pool(servers);
            long nowMs = 0;
            foreach ((int index, ServerOutcome outcome, uint client, int waitMs, AdminState admin, ServerHealth health) in steps)
            {
                nowMs += waitMs;
                ref OutlierCandidate server = ref pool[index % servers];
                if (waitMs % 5 == 0)
                {
                    server = server with { Admin = admin, Health = health };
                }

                server.Outliers.Report(outcome, client, nowMs, config.ConsecutiveFailures);
                server.Outliers.Report(outcome, client + 1, nowMs, config.ConsecutiveFailures);
                int availableBefore = pool.Count(IsAvailable);
                var verdicts = new List<OutlierVerdict>();

                long nextMs = OutlierDetector.Decide(config, pool, nowMs, () => 0.5, verdicts);

                nextMs.ShouldBeGreaterThan(nowMs);
                pool.Count(s => s.Outliers.IsEjected).ShouldBeLessThanOrEqualTo((int)((share * servers) + 1e-9));
                pool.ShouldAllBe(s => !s.Outliers.IsEjected || s.Outliers.Ejection.UntilMs > nowMs);
                (availableBefore > 0 && !pool.Any(IsAvailable)).ShouldBeFalse();
            }
        });

    private static bool IsAvailable(OutlierCandidate server) =>
        new ServerStatus(server.Admin, server.Health, server.Outliers.IsEjected).TakesNew;

    private static OutlierCandidate[] Pool(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new OutlierCandidate(new ServerOutliers(), AdminState.Ready, ServerHealth.Up))];

    private static void Fail(OutlierCandidate server, long nowMs)
    {
        for (uint i = 0; i < Config.ConsecutiveFailures; i++)
        {
            server.Outliers.Report(ServerOutcome.ConnectFailure, i, nowMs, Config.ConsecutiveFailures);
        }

        server.Outliers.IsProposed.ShouldBeTrue();
    }

    private long Decide(OutlierCandidate[] pool, long nowMs, OutlierDetectionConfig? config = null) =>
        OutlierDetector.Decide(config ?? Config, pool, nowMs, () => 0, _verdicts);
}
