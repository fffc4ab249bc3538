using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class EjectionTests
{
    [Fact]
    public void Next_AgainAtOnce_GrowsUpToTheMaximum()
    {
        Ejection ejection = default;
        var lengthsMs = new List<long>();
        for (int i = 0; i < 12; i++)
        {
            ejection = ejection.Next(ejection.UntilMs, 30_000, random: 0);
            lengthsMs.Add(ejection.UntilMs - ejection.SinceMs);
        }

        lengthsMs.ShouldBe([30_000, 60_000, 90_000, 120_000, 150_000, 180_000, 210_000, 240_000, 270_000, 300_000, 300_000, 300_000]);
    }

    // After the third in a row.
    [Theory]
    [InlineData(0, 4)]
    [InlineData(29_999, 4)]
    [InlineData(30_000, 3)]
    [InlineData(60_000, 2)]
    [InlineData(90_000, 1)]
    [InlineData(100_000_000, 1)]
    public void Next_AfterTimeWithoutEjection_IsFurtherDown(int soundMs, int times)
    {
        Ejection ejection = default;
        for (int i = 0; i < 3; i++)
        {
            ejection = ejection.Next(ejection.UntilMs, 30_000, random: 0);
        }

        ejection.Next(ejection.UntilMs + soundMs, 30_000, random: 0).Times.ShouldBe(times);
    }

    [Fact]
    public void Next_LongerThanTheMaximum_DoesNotGrow()
    {
        Ejection first = default(Ejection).Next(0, 600_000, random: 0);

        first.UntilMs.ShouldBe(600_000);
        first.Next(600_000, 600_000, random: 0).UntilMs.ShouldBe(1_200_000);
    }

    [Fact]
    public void Next_AnyRandom_LastsWithinATenthOfItsLength() =>
        Gen.Select(Gen.Int[100, 1_000_000], Gen.Double[0, 1], Gen.Int[1, 20]).Sample((ejectForMs, random, count) =>
        {
            Ejection ejection = default;
            for (int i = 1; i <= count; i++)
            {
                ejection = ejection.Next(ejection.UntilMs, ejectForMs, random);
                double longestMs = Math.Min((double)ejectForMs * i, Math.Max(Ejection.MaxMs, ejectForMs));
                long lengthMs = ejection.UntilMs - ejection.SinceMs;
                ((double)lengthMs).ShouldBeInRange(0.9 * longestMs, longestMs);
            }
        });
}
