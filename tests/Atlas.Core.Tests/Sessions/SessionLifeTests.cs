using Atlas.Core.Sessions;

namespace Atlas.Core.Tests.Sessions;

public sealed class SessionLifeTests
{
    [Theory]
    [InlineData(0, 600_000)]
    [InlineData(3_000, 600_000)]
    [InlineData(3_001, 599_000)]
    [InlineData(3_599, 1_000)]
    [InlineData(3_600, 0)]
    [InlineData(9_999, 0)]
    public void LeftMs_WithALifetime_EndsWithIt(int ageSeconds, long expectedMs) =>
        new SessionLife(600, LifetimeSeconds: 3_600).LeftMs(1_000, 1_000 + ageSeconds).ShouldBe(expectedMs);

    [Fact]
    public void LeftMs_WithoutOne_IsTheWholeTtl() => new SessionLife(600, LifetimeSeconds: null).LeftMs(0, int.MaxValue).ShouldBe(600_000);

    [Theory]
    [InlineData(600, 540_001, 600_000, false)]
    [InlineData(600, 540_000, 600_000, true)]
    [InlineData(40, 30_001, 40_000, false)]
    [InlineData(40, 30_000, 40_000, true)]
    [InlineData(600, 5_000, 5_000, false)]
    public void IsRenewalDue_OnceAMinuteOrAQuarter(int ttlSeconds, long keptMs, long leftMs, bool expected) =>
        new SessionLife(ttlSeconds, LifetimeSeconds: null).IsRenewalDue(keptMs, leftMs).ShouldBe(expected);

    [Theory]
    [InlineData(30_000, 600_000, false)]
    [InlineData(29_999, 600_000, true)]
    [InlineData(5_000, 10_000, false)]
    [InlineData(4_999, 10_000, true)]
    [InlineData(0, 1, false)]
    public void EndsSoon_WithinHalfAMinuteOrHalfOfWhatIsLeft(long keptMs, long leftMs, bool expected) =>
        SessionLife.EndsSoon(keptMs, leftMs).ShouldBe(expected);
}
