using Atlas.Control.Discovery;
using CsCheck;

namespace Atlas.Control.Tests.Discovery;

public sealed class SrvWeightsTests
{
    [Theory]
    [InlineData("5/1 7/1", "5 7")]
    [InlineData("10/2 10/1", "5 10")]
    [InlineData("1/2 1/1", "1 2")]
    [InlineData("1/2 1/3 1/0", "3 2 0")]
    [InlineData("65535/1 1/256", "65535 1")]
    [InlineData("65535/2 65535/1", "32768 65535")]
    [InlineData("", "")]
    public void Of_Targets_ShareTheirWeight(string targets, string weights) => string.Join(' ', SrvWeights.Of(
        [.. targets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)])).ShouldBe(weights);

    /// <summary>Whatever the records say, weights are possible ones, and small numbers give exact shares.</summary>
    [Fact]
    public void Of_AnyTargets_AreInBoundsAndProportional() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 6], Gen.Int[1, 65_535]), Gen.OneOf(Gen.Int[0, 4], Gen.Int[0, 512])).Array[0, 64].Sample(targets =>
        {
            int[] weights = SrvWeights.Of(targets);

            weights.Zip(targets).ShouldAllBe(pair => pair.Second.Item2 == 0 ? pair.First == 0 : pair.First >= 1 && pair.First <= 65_535);
            if (targets.All(target => target is (<= 6, <= 4)))
            {
                (int Weight, (int Weight, int Addresses) Target)[] used = [.. weights.Zip(targets).Where(pair => pair.Second.Item2 > 0)];
                used.ShouldAllBe(one =>
                    one.Weight * one.Target.Addresses * used[0].Target.Weight == used[0].Weight * used[0].Target.Addresses * one.Target.Weight);
            }
        });

    private static (int Weight, int Addresses) Parse(string target)
    {
        string[] parts = target.Split('/');
        return (int.Parse(parts[0]), int.Parse(parts[1]));
    }
}
