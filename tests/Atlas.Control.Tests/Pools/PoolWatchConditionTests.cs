using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Pools;

/// <summary>What is said of a pool as a whole: panic, backups, no server left.</summary>
public sealed class PoolWatchConditionTests : IDisposable
{
    private static readonly ServerOrder Maintenance = new() { State = AdminState.Maintenance };

    private readonly WatchUnderTest _test = new();

    private PoolWatch Watch => _test.Watch;

    public void Dispose() => _test.Dispose();

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
}
