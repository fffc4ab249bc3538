using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Pools;

/// <summary>What a watch makes of a configuration that took effect.</summary>
public sealed class PoolWatchApplyTests : IDisposable
{
    private static readonly ServerOrder Drain = new() { State = AdminState.Drain };
    private static readonly ServerOrder Ready = new() { State = AdminState.Ready };

    private readonly WatchUnderTest _test = new();

    private PoolWatch Watch => _test.Watch;

    public void Dispose() => _test.Dispose();

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
}
