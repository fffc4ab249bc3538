using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Snapshots;

public sealed class MirrorSnapshotTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1_000)]
    [InlineData(0.25, 250)]
    public void Takes_Share_OfEvenDraws(double share, int expected)
    {
        var mirror = new MirrorSnapshot(new PoolSnapshot("p", []), share);
        int taken = 0;
        for (ulong i = 0; i < 1_000; i++)
        {
            taken += mirror.Takes(i * (ulong.MaxValue / 999)) ? 1 : 0;
        }

        taken.ShouldBe(expected);
    }
}
