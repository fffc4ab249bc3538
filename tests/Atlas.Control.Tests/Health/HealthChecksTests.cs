using Atlas.Control.Health;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Health;

public sealed class HealthChecksTests
{
    [Fact]
    public async Task Probes_ThatChangeTheHealth_SayAndTellSo()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);

        await test.RunAsync(target, "FPPFFF");
        await Until.SoAsync(() => test.Events.Count == 3);

        test.Lines.ShouldBe(
        [
            "pool web server b: down after 1 failed check: connect refused",
            "pool web server b: up after 2 passed checks: http 200",
            "pool web server b: down after 3 failed checks: connect refused",
        ]);
        await test.TurnedAsync(["b-", "b+", "b-"]);
        test.Passes.ShouldBe(["b", "b"]);
    }

    [Fact]
    public async Task Probes_WithAndWithoutAnAnswer_TellWhich()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);

        await test.RunAsync(target, "P");
        StubProbe.Question refused = await test.BeginAsync(target);
        refused.FailOutOfReach();
        await Until.SoAsync(() => test.Report(target).Failed == 1);
        await test.RunAsync(target, "F");
        StubProbe.Question silent = await test.BeginAsync(target);
        test.Time.Advance(TimeSpan.FromSeconds(2));
        await Until.SoAsync(() => test.Report(target).Failed == 3);
        await Until.SoAsync(() => test.Reached.Count == 4);

        silent.Cancellation.IsCancellationRequested.ShouldBeTrue();
        test.Reached.ShouldBe(["b+", "b-", "b+", "b-"]);
    }

    [Fact]
    public async Task Report_AfterProbes_HoldsTheLastAndCounts()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        test.Report(target).ShouldBe(new HealthReport());
        await test.RunAsync(target, "P");

        StubProbe.Question question = await test.BeginAsync(target);
        DateTimeOffset at = test.Time.GetUtcNow();
        test.Time.Advance(TimeSpan.FromMilliseconds(70));
        question.Fail();
        await Until.SoAsync(() => test.Report(target).Failed == 1);

        test.Report(target).ShouldBe(new HealthReport
        {
            Health = ServerHealth.Up,
            Last = new LastProbe(at, ProbeResult.Bad("connect refused"), TimeSpan.FromMilliseconds(70)),
            Passed = 1,
            Failed = 1,
        });
    }

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
    public async Task Probe_PastItsTime_IsCancelledAndFailed()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        StubProbe.Question question = await test.BeginAsync(target);
        test.Time.Advance(TimeSpan.FromMilliseconds(1_999));
        question.Cancellation.IsCancellationRequested.ShouldBeFalse();

        test.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Until.SoAsync(() => test.Report(target).Failed == 1);
        test.Report(target).Last!.Result.ShouldBe(ProbeResult.Unreachable("timeout after 2s"));
    }

    [Fact]
    public async Task Probe_ThatThrows_FailsAndTheNextRuns()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);

        await test.RunAsync(target, "XPP");

        await test.TurnedAsync(["b-", "b+"]);
    }

    [Fact]
    public async Task Probe_ThatCouldNotTell_ChangesNothingAndTheNextRuns()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        StubProbe.Question question = await test.BeginAsync(target);

        // The first wait, the time of the first probe, and the wait for the second.
        question.GiveUp();
        await Until.SoAsync(() => test.Time.Waits.Count == 3);

        test.Report(target).ShouldBe(new HealthReport());
        test.Checks.PendingPools.ShouldBe(["web"]);
        await test.RunAsync(target, "P");
        await test.TurnedAsync(["b+"]);
    }

    [Fact]
    public async Task Notice_ThatThrows_EndsNoCheck()
    {
        using var test = new ChecksUnderTest(_ => throw new IOException("nobody reads"));
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);

        await test.RunAsync(target, "FPPF");

        test.Report(target).Failed.ShouldBe(2);
    }

    [Fact]
    public async Task Apply_TheSameCheck_KeepsWhatWasFound()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "PFF");

        test.Checks.Apply([test.Server(ChecksUnderTest.Target(), isKnown: true)]);
        await test.RunAsync(target, "F");

        await test.TurnedAsync(["b+", "b-"]);
    }

    [Fact]
    public async Task Apply_AnotherCheckOfAKnownServer_NeedsFallFailuresAndCountsOn()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        ProbeTarget changed = ChecksUnderTest.Target(intervalMs: 9_000);
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "P");

        test.Checks.Apply([test.Server(changed, isKnown: true)]);
        test.Checks.Find(target).ShouldBeNull();
        await test.RunAsync(changed, "FF");
        test.Report(changed).Health.ShouldBe(ServerHealth.Unknown);
        await test.RunAsync(changed, "F");

        test.Report(changed).Health.ShouldBe(ServerHealth.Down);
        (test.Report(changed).Passed, test.Report(changed).Failed).ShouldBe((1, 3));
        await Until.SoAsync(() => test.ProbeOf(target).IsDisposed);
    }

    [Fact]
    public async Task Apply_WithoutAServerWhoseProbeIsUnderWay_CancelsItAndTellsNothing()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        StubProbe.Question question = await test.BeginAsync(target);

        test.Checks.Apply([]);

        question.Cancellation.IsCancellationRequested.ShouldBeTrue();
        await Until.SoAsync(() => test.ProbeOf(target).IsDisposed);
        test.Turns.ShouldBeEmpty();
        test.Events.ShouldBeEmpty();
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
    public async Task Event_OfAChange_SaysWhenAndAfterWhatTime()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget target = ChecksUnderTest.Target();
        test.Checks.Apply([test.Server(target)]);
        await test.RunAsync(target, "PFF");
        DateTimeOffset up = test.Report(target).Last!.At;
        await test.RunAsync(target, "F");
        await Until.SoAsync(() => test.Events.Count == 2);

        HealthEvent change = test.Events.ElementAt(1);
        change.ShouldBe(new HealthEvent(
            "web", "b", HealthEventState.Up, HealthEventState.Down, HealthEventReason.HealthCheck, "after 3 failed checks: connect refused")
        {
            AtUnixMs = test.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            AfterMs = 3 * 3_600_000,
        });
        up.ShouldBeLessThan(DateTimeOffset.FromUnixTimeMilliseconds(change.AtUnixMs));
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
