using Atlas.Control.Health;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Health;

/// <summary>When servers are probed, and when not.</summary>
public sealed class HealthScheduleTests
{

    /// <summary>In turn: the wait before a probe, and the time that it may take.</summary>
    [Fact]
    public async Task Waits_OfAServer_FollowItsSchedule()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);

        await test.RunAsync(target, "PFPFFFF");

        test.Time.Waits.ShouldBe(
            [2_500, 2_000, 5_000, 2_000, 1_000, 2_000, 5_000, 2_000, 1_000, 2_000, 1_000, 2_000, 5_000, 2_000, 5_000]);
    }

    /// <summary>The second wait of a server that is down is half as long again: an interval, and the rest.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_OfAServerThatIsDown_GrowsUnlessItIsMissed(bool isMissed)
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target) with { IsMissed = () => isMissed }]);
        await test.RunAsync(target, "FF");
        int asked = test.ProbeOf(target).Asked;

        test.Time.Advance(TimeSpan.FromMilliseconds(5_000));
        await Until.SoAsync(() => isMissed ? test.ProbeOf(target).Asked > asked : test.Time.Waits[^1] == 2_500);

        test.ProbeOf(target).Asked.ShouldBe(isMissed ? asked + 1 : asked);
    }

    [Fact]
    public async Task Wait_AfterTheSameCheckWasAppliedAgain_GoesByWhetherItIsMissedNow()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "FF");
        int asked = test.ProbeOf(target).Asked;

        test.Checks.Apply([test.Server(target) with { IsMissed = () => true }]);
        test.Time.Advance(TimeSpan.FromMilliseconds(5_000));

        await Until.SoAsync(() => test.ProbeOf(target).Asked > asked);
    }

    [Fact]
    public async Task Hurry_WhileTheNextProbeIsFarOff_ProbesAtOnceAndOnce()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "FFFF");

        test.Checks.Hurry("web", "b");
        test.Checks.Hurry("web", "b");
        (await test.ProbeOf(target).NextAsync()).Pass();
        await Until.SoAsync(() => test.Report(target).Passed == 1);
        await Until.SoAsync(() => test.Time.Waits[^1] == 1_000);

        test.ProbeOf(target).Asked.ShouldBe(5);
    }

    [Fact]
    public async Task Hurry_OfAnotherServer_LeavesItAlone()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        ProbeTarget other = ChecksUnderTest.Target("c");
        test.Checks.Apply([test.Server(target), test.Server(other)]);

        // Time stands still, so that nothing but a hurry has a server asked.
        test.Checks.Hurry("web", "b");
        (await test.ProbeOf(target).NextAsync()).Pass();
        await Until.SoAsync(() => test.Report(target).Passed == 1);

        test.ProbeOf(other).Asked.ShouldBe(0);
    }

    [Fact]
    public async Task Hurry_OfAPausedServer_LeavesItAlone()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "P");
        test.Checks.Pause("web", "b", isPaused: true);

        test.Checks.Hurry("web", "b");
        test.Checks.Pause("web", "b", isPaused: false);
        StubProbe.Question question = await test.ProbeOf(target).NextAsync();

        question.Pass();
        await Until.SoAsync(() => test.Report(target).Passed == 2);
    }

    [Fact]
    public async Task Wait_AfterALongProbe_IsShorterByIt()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        StubProbe.Question question = await test.BeginAsync(target);
        test.Time.Advance(TimeSpan.FromMilliseconds(1_900));
        question.Pass();
        await Until.SoAsync(() => test.Report(target).Passed == 1);

        test.Time.Waits[^1].ShouldBe(3_100);
    }

    [Fact]
    public async Task Stop_ThenTime_BeginsNoProbe()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "P");

        test.Checks.Stop();

        await Until.SoAsync(() => test.ProbeOf(target).IsDisposed);
        test.Report(target).Health.ShouldBe(ServerHealth.Up);
    }

    [Fact]
    public async Task Probes_OneMoreThanTheMaximum_WaitsForItsTurn()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget[] targets =
            [.. Enumerable.Range(0, HealthChecks.MaxProbes).Select(i => ChecksUnderTest.Target($"s{i}"))];
        test.Checks.Apply(targets.Select(target => test.Server(target)));
        StubProbe.Question first = await test.BeginAsync(targets[0]);
        foreach (ProbeTarget target in targets[1..])
        {
            await test.ProbeOf(target).NextAsync();
        }

        ProbeTarget last = ChecksUnderTest.Target("last", intervalMs: 100);

        // Where no context of the test is in force, all that is due runs inside of Advance.
        await Task.Run(() =>
        {
            test.Checks.Apply([.. targets.Append(last).Select(target => test.Server(target))]);
            test.Time.Advance(TimeSpan.FromMilliseconds(100));
            test.ProbeOf(last).Asked.ShouldBe(0);
        });

        first.Pass();
        await test.ProbeOf(last).NextAsync();
    }

    [Fact]
    public async Task PendingPools_UntilEachFirstProbeEnded_NamesThem()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget[] targets =
            [ChecksUnderTest.Target("a"), ChecksUnderTest.Target("b"), ChecksUnderTest.Target("c", pool: "api")];
        test.Checks.Apply(targets.Select(target => test.Server(target)));
        test.Checks.PendingPools.ShouldBe(["web", "api"], ignoreOrder: true);

        StubProbe.Question first = await test.BeginAsync(targets[0]);
        StubProbe.Question second = await test.ProbeOf(targets[1]).NextAsync();
        first.Pass();
        await Until.SoAsync(() => test.Report(targets[0]).Passed == 1);
        test.Checks.PendingPools.ShouldBe(["web", "api"], ignoreOrder: true);
        second.Fail();
        await Until.SoAsync(() => test.Report(targets[1]).Failed == 1);
        test.Checks.PendingPools.ShouldBe(["api"]);

        // A reload takes one away, and adds one that is not waited for.
        test.Checks.Apply([test.Server(targets[0]), test.Server(ChecksUnderTest.Target("d"))]);
        test.Checks.PendingPools.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pause_Server_IsLeftAloneAndKeepsWhatWasFound()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "PFF");

        // A probe that began meanwhile would end with a timeout, and be the third failure.
        test.Checks.Pause(target, isPaused: true);
        test.Time.Advance(TimeSpan.FromHours(1));
        test.Time.Advance(TimeSpan.FromHours(1));
        test.Checks.Pause(target, isPaused: false);
        StubProbe.Question question = await test.ProbeOf(target).NextAsync();
        test.Report(target).Failed.ShouldBe(2);
        question.Fail();

        await test.TurnedAsync(["b+", "b-"]);
        test.Report(target).Last!.Result.Detail.ShouldBe("connect refused");
    }

    [Fact]
    public void Pause_BeforeTheFirstProbe_HoldsReadinessUpNoMore()
    {
        using var test = new ChecksUnderTest();
        test.Checks.Apply([test.Server(ChecksUnderTest.Target())]);
        test.Checks.PendingPools.ShouldBe(["web"]);

        test.Checks.Pause("web", "b", isPaused: true);

        test.Checks.PendingPools.ShouldBeEmpty();
    }
}
