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

        _test.Lines.ShouldBe(["pool web: no server is usable"]);
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
    public void Apply_AgainWhileAServerDrains_KeepsOrdersAndWorksOnTheNewBalancer()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        Watch.Order(_test["b"], Drain with { Weight = 7, DeadlineMs = 1_000 });

        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));

        (_test["b"].Admin, _test["b"].Weight).ShouldBe((AdminState.Drain, 7));
        _test.Weights().ShouldBe([1, 0, 1]);
        _test.Advance(1_000);
        _test["b"].Admin.ShouldBe(AdminState.Maintenance);
        Watch.Order(_test["b"], Ready);
        _test.Weights().ShouldBe([1, 7, 1]);
    }

    [Fact]
    public void Apply_WeightOfTheFileChanged_BeatsTheOrder()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        Watch.Order(_test["b"], new ServerOrder { Weight = 7 });

        _test.Apply(WatchUnderTest.Pool(WatchUnderTest.Server("a"), WatchUnderTest.Server("b", weight: 3)));

        _test.Weights().ShouldBe([1, 3]);
        _test.Lines[^1].ShouldBe("pool web server b: weight 3, was 7");
    }

    [Fact]
    public void Apply_ServersChanged_TakeWhatTheFileSays()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));

        _test.Apply(WatchUnderTest.Pool(
            WatchUnderTest.Server("a", weight: 3) with { MaxConnections = 7, Backup = true }, WatchUnderTest.Server("b")));

        (_test["a"].Weight, _test["a"].MaxActive, _test["a"].IsBackup).ShouldBe((3, 7, true));
        _test.Weights().ShouldBe([0, 1]);
    }

    [Fact]
    public void Apply_WithoutAServer_WaitsForItsLastRequest()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c"));
        BalancedServer gone = _test["c"];
        gone.Begin();

        _test.Apply(WatchUnderTest.Pool("a", "b"));

        Watch.Leaving.ShouldBe([new LeavingServer("web", "c", 1)]);
        Watch.SetUp(gone, isUp: false).ShouldBeFalse();
        gone.End();
        _test.Advance(PoolWatch.LookMs);

        Watch.Leaving.ShouldBeEmpty();
        _test.Lines.ShouldBe(
        [
            "pool web server c: removed from the configuration: 1 request is left",
            "pool web server c: its last request has ended, safe to stop",
        ]);
    }

    [Fact]
    public void Apply_WithoutAServer_LeavesTheLastConfigurationAsItWas()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b"));
        PoolBalancer before = _test.BalancerOf();
        BalancedServer gone = _test["b"];
        gone.Begin();

        _test.Apply(WatchUnderTest.Pool("a"));
        _test.Advance(PoolWatch.LookMs);
        before.Refresh(0);

        gone.Admin.ShouldBe(AdminState.Ready);
        before.Current.Roster.Weights.ToArray().ShouldBe([1, 1]);
    }

    [Fact]
    public void Apply_WithoutAPool_LetsItsLastRequestsChoose()
    {
        _test.Apply(WatchUnderTest.Pool("a"), WatchUnderTest.Pool("b") with { Name = "other" });
        PoolBalancer before = _test.BalancerOf("other");

        _test.Apply(WatchUnderTest.Pool("a"));

        before.Current.Roster.Group.ShouldBe(RosterGroup.Primary);
    }

    [Fact]
    public void Apply_MoreRemovedServersThanTheBound_ForgetsTheOldest()
    {
        string[] names = [.. Enumerable.Range(0, PoolWatch.MaxLeaving + 1).Select(i => $"s{i}")];
        _test.Apply(WatchUnderTest.Pool([.. names, "last"]));
        foreach (string name in names)
        {
            _test[name].Begin();
        }

        _test.Apply(WatchUnderTest.Pool("last"));

        Watch.Leaving.Count.ShouldBe(PoolWatch.MaxLeaving);
        Watch.Leaving[0].Server.ShouldBe("s1");
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
