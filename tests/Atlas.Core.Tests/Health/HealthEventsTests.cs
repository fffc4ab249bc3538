using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class HealthEventsTests
{
    [Fact]
    public void Latest_AfterAnyNumberOfEvents_HoldsTheLastHundredInOrder() =>
        Gen.Int[0, 250].Sample(count =>
        {
            var events = new HealthEvents();
            for (int i = 0; i < count; i++)
            {
                events.Add(Event(i));
            }

            events.Count.ShouldBe(count);
            events.Latest.Select(e => e.AtUnixMs).ShouldBe(
                Enumerable.Range(Math.Max(count - HealthEvents.Max, 0), Math.Min(count, HealthEvents.Max)).Select(i => (long)i));
        });

    [Fact]
    public void Latest_ThatWasTaken_DoesNotChange()
    {
        var events = new HealthEvents();
        events.Add(Event(1));
        IReadOnlyList<HealthEvent> taken = events.Latest;

        events.Add(Event(2));

        taken.Count.ShouldBe(1);
    }

    [Fact]
    public void Add_OnManyThreads_LosesNone()
    {
        var events = new HealthEvents();

        Parallel.For(0, HealthEvents.Max, i => events.Add(Event(i)));

        events.Latest.Select(e => e.AtUnixMs).Order().ShouldBe(Enumerable.Range(0, HealthEvents.Max).Select(i => (long)i));
    }

    [Theory]
    [InlineData("b", HealthEventState.Down, "after 3 failed checks", "pool web server b: down after 3 failed checks")]
    [InlineData("b", HealthEventState.Ejected, "for 30s: x", "pool web server b: ejected for 30s: x")]
    [InlineData(null, HealthEventState.Open, "", "pool web: circuit open")]
    [InlineData(null, HealthEventState.HalfOpen, "", "pool web: circuit half_open")]
    public void ToString_AnEvent_IsASentence(string? server, HealthEventState to, string detail, string expected) =>
        new HealthEvent("web", server, HealthEventState.Up, to, HealthEventReason.HealthCheck, detail)
            .ToString().ShouldBe(expected);

    [Fact]
    public void Words_OfAllStatesAndReasons_AreTheirNamesWithUnderscores()
    {
        Enum.GetValues<HealthEventState>().Select(state => state.Word().Replace("_", "", StringComparison.Ordinal))
            .ShouldBe(Enum.GetNames<HealthEventState>().Select(name => name.ToLowerInvariant()));
        Enum.GetValues<HealthEventReason>().Select(reason => reason.Word().Replace("_", "", StringComparison.Ordinal))
            .ShouldBe(Enum.GetNames<HealthEventReason>().Select(name => name.ToLowerInvariant()));
        Enum.GetValues<ServerHealth>().Select(health => health.ToEventState().ToString()).ShouldBe(Enum.GetNames<ServerHealth>());
    }

    private static HealthEvent Event(int i) =>
        new("web", "b", HealthEventState.Up, HealthEventState.Down, HealthEventReason.HealthCheck, "") { AtUnixMs = i };
}
