using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Pools;

public sealed class PoolWatchTests : IDisposable
{
    private static readonly ServerOrder Drain = new() { State = AdminState.Drain };
    private static readonly ServerOrder Maintenance = new() { State = AdminState.Maintenance };
    private static readonly ServerOrder Ready = new() { State = AdminState.Ready };

    private readonly WatchUnderTest _test = new();

    private PoolWatch Watch => _test.Watch;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void SetUp_ServerDown_LeavesTheRosterAtOnce()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));

        Watch.SetUp(_test["b"], isUp: false).ShouldBeTrue();

        _test.Weights().ShouldBe([1, 0, 1]);
        _test.Changes.ShouldHaveSingleItem().Kind.ShouldBe(PoolChangeKind.Down);
    }

    [Fact]
    public void SetUp_TheLastOneThatIsUp_IsToldBeforeWhatComesOfIt()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        bool wasSo = false;

        Watch.SetUp(_test["a"], isUp: false);
        Watch.SetUp(_test["b"], isUp: false, () =>
        {
            wasSo = _test.Group() == RosterGroup.Panic;
            _test.Lines.Add("told");
        });

        wasSo.ShouldBeTrue();
        _test.Lines.ShouldBe(
            ["pool web server a: down", "pool web server b: down", "told", "pool web: panic, health is ignored: 0 of 2 servers are usable"]);
    }

    [Fact]
    public void SetEjected_ThePoolIsInPanicByIt_IsToldBefore()
    {
        _test.Apply(WatchUnderTest.Pool("a"));

        Watch.SetEjected(_test["a"], isEjected: true, "", () => _test.Lines.Add("told"));

        _test.Lines.ShouldBe(
            ["pool web server a: ejected", "told", "pool web: panic, health is ignored: 0 of 1 servers are usable"]);
    }

    [Fact]
    public void Set_WithoutAChangeOrAPool_IsToldToo()
    {
        _test.Apply(WatchUnderTest.Pool("a"));
        int told = 0;

        Watch.SetUp(_test["a"], isUp: true, () => told++);
        Watch.SetEjected(_test["a"], isEjected: false, "", () => told++);
        Watch.SetUp(new BalancedServer("b"), isUp: true, () => told++);

        told.ShouldBe(3);
    }

    [Fact]
    public void Order_NoServerHasAWeight_SaysSo()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));

        Watch.Order(_test["a"], new ServerOrder { Weight = 0 });
        Watch.Order(_test["b"], new ServerOrder { Weight = 0 });

        _test.Lines.ShouldBe(
        [
            "pool web server a: weight 0, was 1",
            "pool web server b: weight 0, was 1",
            "pool web: no server has a weight: clients are turned away (NH)",
        ]);
        _test.Changes[^1].Kind.ShouldBe(PoolChangeKind.Unusable);
    }

    [Fact]
    public void RosterChanged_EachChangeOfShares_IsToldOnceAndNothingElseIs()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b") with { SlowStartMs = 20_000, PanicThresholdShare = 0 });
        int before = _test.RosterChanges;

        Watch.SetUp(_test["b"], isUp: false);
        Watch.SetUp(_test["b"], isUp: false);
        (_test.RosterChanges - before).ShouldBe(1);
        Watch.SetUp(_test["b"], isUp: true);
        (_test.RosterChanges - before).ShouldBe(2);
        for (int second = 0; second < 21; second++)
        {
            _test.Advance(1_000);
        }

        // A step a second, of which nothing else is told.
        (_test.RosterChanges - before).ShouldBeInRange(15, 22);
        _test.Changes.Count.ShouldBe(2);
    }

    [Fact]
    public void Drain_FlowsInTheKernel_AreLeftUntilTheyEnd()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        _test["a"].Forwarded = 2;

        Watch.Order(_test["a"], Drain);
        _test.Advance(1_000);
        Watch.IsEmpty(_test["a"]).ShouldBeFalse();
        _test["a"].Forwarded = 0;
        _test.Advance(1_000);

        Watch.IsEmpty(_test["a"]).ShouldBeTrue();
        _test.Lines.ShouldBe(["pool web server a: drain, was ready: 2 requests are left", "pool web server a: drained, safe to remove"]);
    }

    [Fact]
    public void SetUp_TheSameAgain_TellsNothing()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));

        Watch.SetUp(_test["b"], isUp: true).ShouldBeTrue();

        _test.Changes.ShouldBeEmpty();
    }

    [Fact]
    public void Set_WhatIsSoAlready_LeavesTheBalancerAlone()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        int refreshes = 0;
        _test.BalancerOf().Refreshed = () => refreshes++;

        Watch.SetUp(_test["b"], isUp: true);
        Watch.SetEjected(_test["b"], isEjected: false, "");
        Watch.Order(_test["b"], Ready);
        refreshes.ShouldBe(0);

        Watch.SetUp(_test["b"], isUp: false);
        refreshes.ShouldBe(1);
    }

    [Fact]
    public void Order_DrainAgainWithADeadline_KeepsIt()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        Watch.Order(_test["b"], Drain);
        _test.Advance(PoolWatch.LookMs);

        Watch.Order(_test["b"], Drain with { DeadlineMs = 1_000 });
        _test.Advance(1_000);

        _test["b"].Admin.ShouldBe(AdminState.Maintenance);
    }

    [Fact]
    public void SetEjected_ThereAndBack_SaysWhy()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));

        Watch.SetEjected(_test["b"], isEjected: true, "5 failures in a row");
        _test.Weights().ShouldBe([1, 0, 1]);
        Watch.SetEjected(_test["b"], isEjected: false, "");
        _test.Weights().ShouldBe([1, 1, 1]);

        _test.Lines.ShouldBe(["pool web server b: ejected: 5 failures in a row", "pool web server b: no longer ejected"]);
    }

    [Fact]
    public void Server_OfNoPool_IsNotTouched()
    {
        _test.Apply(WatchUnderTest.Pool("a"));
        var stranger = new BalancedServer("b");

        Watch.SetUp(stranger, isUp: false).ShouldBeFalse();
        Watch.SetEjected(stranger, isEjected: true, "").ShouldBeFalse();
        Watch.Order(stranger, Drain).ShouldBeFalse();
        Watch.IsEmpty(stranger).ShouldBeFalse();

        (stranger.IsUp, stranger.IsEjected, stranger.Admin).ShouldBe((true, false, AdminState.Ready));
    }

    [Fact]
    public void Order_Drain_SaysWhatIsLeftAndThenThatItIsSafe()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        _test["b"].Begin();

        Watch.Order(_test["b"], Drain).ShouldBeTrue();

        _test.Weights().ShouldBe([1, 0, 1]);
        _test.Lines.ShouldBe(["pool web server b: drain, was ready: 1 request is left"]);
        _test.Advance(10 * PoolWatch.LookMs);
        Watch.IsEmpty(_test["b"]).ShouldBeFalse();
        _test.Lines.Count.ShouldBe(1);

        _test["b"].End();
        _test.Advance(PoolWatch.LookMs);

        Watch.IsEmpty(_test["b"]).ShouldBeTrue();
        _test.Lines[1].ShouldBe("pool web server b: drained, safe to remove");
        _test.Advance(10 * PoolWatch.LookMs);
        _test.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public void Order_DrainThatTakesLong_LeavesBalancersAloneUntilItsDeadline()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"), WatchUnderTest.Pool("c") with { Name = "other" });
        _test["b"].Begin();
        Watch.Order(_test["b"], Drain with { DeadlineMs = 100 * PoolWatch.LookMs });
        var refreshed = new List<string>();
        _test.BalancerOf().Refreshed = () => refreshed.Add("web");
        _test.BalancerOf("other").Refreshed = () => refreshed.Add("other");

        _test.Advance(99 * PoolWatch.LookMs);
        refreshed.ShouldBeEmpty();
        _test.Advance(PoolWatch.LookMs);

        refreshed.ShouldBe(["web"]);
    }

    [Fact]
    public void Order_DrainWithNothingLeft_IsNotSafeBeforeWorkersTookIt()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));

        Watch.Order(_test["b"], Drain);

        Watch.IsEmpty(_test["b"]).ShouldBeFalse();
        _test.Advance(PoolWatch.LookMs);
        Watch.IsEmpty(_test["b"]).ShouldBeTrue();
        Watch.Order(_test["b"], Ready);
        Watch.IsEmpty(_test["b"]).ShouldBeFalse();
    }

    [Fact]
    public void Order_RequestThatWaitsForTheServer_IsLeftToo()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        _test["b"].BeginWait();
        Watch.Order(_test["b"], Drain);
        _test.Advance(PoolWatch.LookMs);

        Watch.IsEmpty(_test["b"]).ShouldBeFalse();
    }

    [Fact]
    public void Order_DrainDeadline_TurnsIntoMaintenance()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        _test["b"].Begin();
        Watch.Order(_test["b"], Drain with { DeadlineMs = 60_000 });

        _test.Advance(59_999);
        _test["b"].Admin.ShouldBe(AdminState.Drain);
        _test.Advance(1);

        _test["b"].Admin.ShouldBe(AdminState.Maintenance);
        _test.Lines[^1].ShouldBe(
            "pool web server b: maintenance, since the deadline of its drain has come: 1 request is left");
    }

    [Fact]
    public void Order_ReadyBeforeTheDeadline_ForgetsIt()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        Watch.Order(_test["b"], Drain with { DeadlineMs = 1_000 });

        Watch.Order(_test["b"], Ready);
        _test.Advance(2_000);

        _test["b"].Admin.ShouldBe(AdminState.Ready);
        _test.Weights().ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Order_Weight_ChangesTheShareAndSaysSo()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));

        Watch.Order(_test["b"], new ServerOrder { Weight = ServerOrder.MaxWeight });

        _test.Weights().ShouldBe([1, 65_535]);
        _test.Lines.ShouldBe(["pool web server b: weight 65535, was 1"]);
    }

    [Fact]
    public void Order_OutOfRange_Throws()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        ServerOrder[] orders =
        [
            new() { Weight = -1 },
            new() { Weight = ServerOrder.MaxWeight + 1 },
            Drain with { DeadlineMs = 0 },
            Drain with { DeadlineMs = ServerOrder.MaxDeadlineMs + 1 },
            Ready with { DeadlineMs = 1 },
            new() { DeadlineMs = 1 },
        ];

        foreach (ServerOrder order in orders)
        {
            Should.Throw<ArgumentOutOfRangeException>(() => Watch.Order(_test["b"], order));
        }

        _test.Changes.ShouldBeEmpty();
    }

    [Fact]
    public void Pool_ThatPanics_SaysSoAndWhenItIsOver()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        Watch.SetUp(_test["a"], isUp: false);

        Watch.SetUp(_test["b"], isUp: false);
        _test.Group().ShouldBe(RosterGroup.Panic);
        Watch.SetUp(_test["b"], isUp: true);

        _test.Lines.Where(line => !line.Contains("server ")).ShouldBe(
        [
            "pool web: panic, health is ignored: 1 of 3 servers are usable",
            "pool web: in order again: 2 of 3 servers are usable",
        ]);
    }

    [Fact]
    public void SetUnreachable_OfAServerThatIsDown_LeavesItOutOfPanicUntilItAnswers()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        Watch.SetUnreachable(_test["a"], isUnreachable: true).ShouldBeTrue();
        _test.Weights().ShouldBe([1, 1, 1]);
        Watch.SetUp(_test["a"], isUp: false);
        Watch.SetUp(_test["b"], isUp: false);

        _test.Weights().ShouldBe([0, 1, 1]);
        _test.Lines[^1].ShouldBe("pool web: panic, health is ignored: 1 of 3 servers are usable; 1 that does not answer its checks stays out");

        Watch.SetUnreachable(_test["b"], isUnreachable: true);
        _test.Weights().ShouldBe([0, 0, 1]);
        Watch.SetUp(_test["c"], isUp: false);
        _test.Weights().ShouldBe([0, 0, 1]);
        Watch.SetUnreachable(_test["c"], isUnreachable: true);
        _test.Weights().ShouldBe([1, 1, 1]);
        Watch.SetUnreachable(_test["b"], isUnreachable: false);
        _test.Weights().ShouldBe([0, 1, 0]);
        Watch.SetUnreachable(new BalancedServer("b"), isUnreachable: true).ShouldBeFalse();
    }

    [Fact]
    public void Pool_WithNoServerLeft_SaysSoAfterWhatCausedIt()
    {
        _test.Apply(WatchUnderTest.Pool("a"));

        Watch.Order(_test["a"], Maintenance);

        _test.Lines.ShouldBe(
            ["pool web server a: maintenance, was ready: 0 requests are left", "pool web: no server is usable"]);
    }

    [Fact]
    public void Pool_ThatStartsWithoutAUsableServer_SaysSo()
    {
        _test.Apply(WatchUnderTest.Pool(WatchUnderTest.Server("a", weight: 0)));

        _test.Lines.ShouldBe(["pool web: no server has a weight: clients are turned away (NH)"]);
    }

    [Fact]
    public void Pool_OnItsBackups_SaysSo()
    {
        _test.Apply(WatchUnderTest.Pool(WatchUnderTest.Server("a"), WatchUnderTest.Server("b") with { Backup = true }));

        Watch.SetUp(_test["a"], isUp: false);

        _test.Lines[^1].ShouldBe("pool web: its backups serve: 1 of 2 servers are usable");
    }

    [Fact]
    public void SlowStart_ByItself_ReachesTheWholeShare()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b") with { SlowStartMs = 20_000, PanicThresholdShare = 0 });
        Watch.SetUp(_test["b"], isUp: false);
        Watch.SetUp(_test["b"], isUp: true);
        _test.Weights().ShouldBe([100, 10]);

        _test.Advance(10_000);
        _test.Weights().ShouldBe([100, 50]);
        _test.Advance(11_000);

        _test.Weights().ShouldBe([1, 1]);
    }

    [Fact]
    public void Changed_ThatThrows_ChangesNothing()
    {
        using var watch = new PoolWatch(new PoolWatchOptions { Changed = _ => throw new IOException("nobody reads") });
        var server = new BalancedServer("a");
        PoolConfig pool = WatchUnderTest.Pool("a");
        watch.Apply([new WatchedPool(pool, new PoolBalancer(pool.Balance, [server], default, null, 0), [server])]);

        watch.Order(server, Drain).ShouldBeTrue();

        server.Admin.ShouldBe(AdminState.Drain);
    }

    [Fact]
    public void Changes_OfManyThreads_LeaveTheRosterOfTheLast()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c", "d") with { PanicThresholdShare = 0 });
        string[] names = ["a", "b", "c", "d"];

        Parallel.ForEach(names, name =>
        {
            for (int i = 0; i < 200; i++)
            {
                Watch.SetUp(_test[name], isUp: i % 2 == 1);
                Watch.SetEjected(_test[name], isEjected: i % 2 == 0, "");
            }
        });

        _test.Weights().ShouldBe([1, 1, 1, 1]);
        _test.Group().ShouldBe(RosterGroup.Primary);
    }
}
