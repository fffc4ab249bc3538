using Atlas.Control.Pools;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Pools;

/// <summary>What operators ask of servers.</summary>
public sealed class PoolWatchOrderTests : IDisposable
{
    private static readonly ServerOrder Drain = new() { State = AdminState.Drain };
    private static readonly ServerOrder Ready = new() { State = AdminState.Ready };

    private readonly WatchUnderTest _test = new();

    private PoolWatch Watch => _test.Watch;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Orders_OfServers_AreThoseThatAreNotAsTheFileHasIt()
    {
        _test.Apply(WatchUnderTest.Pool("a", "b", "c", "d"));
        Watch.Orders.ShouldBeEmpty();
        Watch.Order(_test["a"], new ServerOrder { State = AdminState.Drain, DeadlineMs = 10_000 });
        Watch.Order(_test["b"], new ServerOrder { Weight = 7 });
        Watch.Order(_test["c"], new ServerOrder { State = AdminState.Maintenance });
        Watch.Order(_test["d"], new ServerOrder { State = AdminState.Maintenance });
        Watch.Order(_test["d"], new ServerOrder { State = AdminState.Ready });
        _test.Advance(4_000);

        StandingOrder[] orders = [.. Watch.Orders.OrderBy(order => order.Server, StringComparer.Ordinal)];

        orders.Select(order => order.Server).ShouldBe(["a", "b", "c"]);
        orders[0].Order.ShouldBe(new ServerOrder { State = AdminState.Drain, DeadlineMs = 6_000 });
        orders[1].Order.ShouldBe(new ServerOrder { State = AdminState.Ready, Weight = 7 });
        orders[2].Order.ShouldBe(new ServerOrder { State = AdminState.Maintenance });
        foreach (StandingOrder order in orders)
        {
            Watch.Order(_test[order.Server], order.Order).ShouldBeTrue("what is standing may be asked again");
        }
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
}
