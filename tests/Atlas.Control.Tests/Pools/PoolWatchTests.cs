using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Pools;

/// <summary>What is found of servers, and what becomes of their shares.</summary>
public sealed class PoolWatchTests : IDisposable
{
    private static readonly ServerOrder Drain = new() { State = AdminState.Drain };
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
