using Atlas.Core.Health;

namespace Atlas.Core.Tests.Health;

public sealed class HealthEventTests
{
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
}
