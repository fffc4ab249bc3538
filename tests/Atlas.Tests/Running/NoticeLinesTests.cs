using Atlas.Running;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Tests.Running;

public sealed class NoticeLinesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Say_OneAfterTheOther_IsWrittenInOrderAndNothingIsLostAtTheEnd()
    {
        var writer = new HeldWriter();
        string[] expected = [.. Enumerable.Range(0, 500).Select(i => $"line {i}")];
        await using (var lines = new NoticeLines(writer))
        {
            foreach (string[] pair in expected.Chunk(2))
            {
                lines.Say(pair[0]);
                lines.Say([pair[1]]);
            }
        }

        writer.Lines.ShouldBe(expected);
    }

    [Fact]
    public async Task Say_NobodyReads_ReturnsAtOnceAndCountsWhatDoesNotFit()
    {
        var writer = new HeldWriter { IsHeld = true };
        var lines = new NoticeLines(writer);
        lines.Say("first");
        await writer.Asked.WaitAsync(Limit);

        // The first is with the writer: as many more fit, a message of several lines as one.
        for (int i = 1; i < NoticeLines.Capacity; i++)
        {
            lines.Say($"line {i}");
        }

        lines.Say(["not reloaded:", "why"]);
        lines.Say("past it");
        lines.Say(["past it", "too"]);
        writer.Lines.ShouldBeEmpty();
        writer.Release();
        await lines.DisposeAsync();

        writer.Lines.Length.ShouldBe(1 + NoticeLines.Capacity - 1 + 2 + 1);
        writer.Lines[..3].ShouldBe(["first", "3 lines were not written, since nobody took those before", "line 1"]);
        writer.Lines[^2..].ShouldBe(["not reloaded:", "why"]);
    }

    [Fact]
    public async Task Dispose_NobodyReads_WaitsASecondAndNoLonger()
    {
        var time = new FakeTimeProvider();
        var writer = new HeldWriter { IsHeld = true };
        var lines = new NoticeLines(writer, time);
        lines.Say("first");
        await writer.Asked.WaitAsync(Limit);

        Task end = lines.DisposeAsync().AsTask();
        time.Advance(TimeSpan.FromMilliseconds(999));
        end.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));

        await end.WaitAsync(Limit);
        writer.Release();
    }

    [Fact]
    public async Task BeginTimes_LinesFromThenOn_HaveTheTimeAtWhichTheyAreSaid()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 7, 8, 9, 50, TimeSpan.Zero));
        var writer = new HeldWriter { IsHeld = true };
        var lines = new NoticeLines(writer, time);
        lines.Say("ready");
        lines.BeginTimes();
        lines.Say(["one", "two"]);
        time.Advance(TimeSpan.FromMilliseconds(1_200));
        lines.Say("three");
        writer.Release();
        await lines.DisposeAsync();

        writer.Lines.ShouldBe(
            ["ready", "2026-03-01T07:08:09.050Z one", "2026-03-01T07:08:09.050Z two", "2026-03-01T07:08:10.250Z three"]);
    }

    [Fact]
    public async Task Say_AWriteFails_GoesOnWithTheNextAndCountsIt()
    {
        var writer = new HeldWriter { FailsOn = "lost" };
        await using (var lines = new NoticeLines(writer))
        {
            lines.Say("one");
            lines.Say("lost");
            lines.Say("two");
        }

        writer.Lines.ShouldBe(["one", "1 line was not written, since nobody took those before", "two"]);
    }

    [Fact]
    public async Task Say_AfterTheEnd_DoesNothing()
    {
        var writer = new HeldWriter();
        var lines = new NoticeLines(writer);
        await lines.DisposeAsync();

        lines.Say("late");

        writer.Lines.ShouldBeEmpty();
    }
}
