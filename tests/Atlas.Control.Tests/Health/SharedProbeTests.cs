using Atlas.Control.Health;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Health;

/// <summary>Servers at one address.</summary>
public sealed class SharedProbeTests
{
    [Fact]
    public async Task Apply_TwoPoolsWithTheSameAddressAndCheck_ProbeOnceAndTellBoth()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget one = ChecksUnderTest.Target("a", pool: "web", at: "same");
        ProbeTarget other = ChecksUnderTest.Target("b", pool: "api", at: "same");
        test.Checks.Apply([test.Server(one), test.Server(other)]);

        await test.RunAsync(one, "FPP");

        test.ProbeOf(one).Asked.ShouldBe(3);
        await test.TurnedAsync(["a-", "b-", "a+", "b+"]);
        test.Report(other).ShouldBe(test.Report(one));
    }

    [Fact]
    public async Task Apply_DifferentChecksOfAnAddress_HaveHealthOfTheirOwn()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget one = ChecksUnderTest.Target("a", pool: "web", at: "same");
        ProbeTarget other = ChecksUnderTest.Target("b", pool: "api", at: "same", intervalMs: 9_000);
        test.Checks.Apply([test.Server(one), test.Server(other)]);

        StubProbe.Question first = await test.BeginAsync(one);
        StubProbe.Question second = await test.ProbeOf(other).NextAsync();
        first.Fail();
        second.Pass();
        await Until.SoAsync(() => test.Report(one).Last is not null && test.Report(other).Last is not null);

        test.Report(one).Health.ShouldBe(ServerHealth.Down);
        test.Report(other).Health.ShouldBe(ServerHealth.Up);
    }

    [Fact]
    public async Task Apply_AServerWhoseAddressIsProbedAlready_HasWhatWasFoundAtOnce()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget one = ChecksUnderTest.Target("a", at: "same");
        ProbeTarget other = ChecksUnderTest.Target("b", pool: "api", at: "same");
        test.Checks.Apply([test.Server(one)]);
        await test.RunAsync(one, "F");

        test.Checks.Apply([test.Server(one), test.Server(other)]);

        await test.TurnedAsync(["a-", "b-"]);
        test.Lines.ShouldContain("pool api server b: down as found for another server at its address: connect refused");
        test.Report(other).Health.ShouldBe(ServerHealth.Down);
        (test.Report(other).Passed, test.Report(other).Failed).ShouldBe((0, 0));
        (test.Report(one).Passed, test.Report(one).Failed).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Apply_WithoutOneOfTwoThatShareAProbe_TellsTheOtherOnly()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget one = ChecksUnderTest.Target("a", at: "same");
        ProbeTarget other = ChecksUnderTest.Target("b", pool: "api", at: "same");
        test.Checks.Apply([test.Server(one), test.Server(other)]);
        await test.RunAsync(other, "P");
        test.Checks.PendingPools.ShouldBeEmpty();

        test.Checks.Apply([test.Server(other)]);
        await test.RunAsync(other, "FFF");
        test.Checks.Find(one).ShouldBeNull();
        test.Checks.Apply([]);

        await test.TurnedAsync(["a+", "b+", "b-"]);
        await Until.SoAsync(() => test.ProbeOf(other).IsDisposed);
    }

    [Fact]
    public async Task Apply_AServerUnderAnotherName_KeepsWhatWasFound()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget before = ChecksUnderTest.Target("a", at: "same");
        ProbeTarget after = ChecksUnderTest.Target("b", at: "same");
        test.Checks.Apply([test.Server(before)]);
        await test.RunAsync(before, "F");
        await Until.SoAsync(() => test.Events.Count == 1);

        test.Checks.Apply([test.Server(after)]);
        await test.RunAsync(after, "PP");

        await test.TurnedAsync(["a-", "b-", "b+"]);
    }

    [Fact]
    public async Task Pause_OneOfTwoAtAnAddress_HearsNothingUntilItIsOver()
    {
        using var test = new ChecksUnderTest();
        ProbeTarget paused = ChecksUnderTest.Target("b", pool: "web", at: "same");
        ProbeTarget other = ChecksUnderTest.Target("c", pool: "api", at: "same");
        test.Checks.Apply([test.Server(paused), test.Server(other)]);

        test.Checks.Pause("web", "b", isPaused: true);
        await test.RunAsync(other, "F");
        await test.TurnedAsync(["c-"]);
        test.Checks.Pause("web", "b", isPaused: false);
        await test.RunAsync(other, "F");

        await test.TurnedAsync(["c-", "b-"]);
    }
}
