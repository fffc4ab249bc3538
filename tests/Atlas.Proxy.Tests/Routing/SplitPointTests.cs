using System.Buffers.Binary;
using Atlas.Proxy.Routing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Routing;

public sealed class SplitPointTests
{
    [Fact]
    public void Of_NeighboursInANetwork_AreSpreadByWeight()
    {
        var split = new SplitSnapshot([(new PoolSnapshot("a", []), 95), (new PoolSnapshot("b", []), 5)], isSticky: true);
        int canary = 0;
        byte[] ip = new byte[4];
        for (uint i = 0; i < 20_000; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(ip, 0x0A000000 + i);
            canary += split.Choose(SplitPoint.Of(ip)).Name == "b" ? 1 : 0;
        }

        // 5 % of 20,000 are 1,000; the standard deviation of a fair draw is 31.
        canary.ShouldBeInRange(850, 1_150);
    }

    [Fact]
    public void Of_KnownKeys_IsTheSameOnEveryNode()
    {
        SplitPoint.Of([]).ShouldBe(0xEFD0_1F60_BA99_2926UL);
        SplitPoint.Of([10, 0, 0, 1]).ShouldBe(0x251C_E681_282F_DAA9UL);
    }

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
