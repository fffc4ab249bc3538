using Atlas.Control.Health;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Health;

/// <summary>What probes find, and what is told of it.</summary>
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
}
