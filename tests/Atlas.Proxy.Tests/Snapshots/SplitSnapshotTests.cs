using System.Buffers.Binary;
using Atlas.Core.Balancing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Snapshots;

public sealed class SplitSnapshotTests
{
    [Fact]
    public void Choose_NeighboursInANetwork_AreSpreadByWeight()
    {
        var split = new SplitSnapshot([(new PoolSnapshot("a", []), 95), (new PoolSnapshot("b", []), 5)], isSticky: true);
        int canary = 0;
        byte[] ip = new byte[4];
        for (uint i = 0; i < 20_000; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(ip, 0x0A000000 + i);
            canary += split.Choose(KeyHash.OfAddress(ip, ipv6PrefixBits: 64)).Name == "b" ? 1 : 0;
        }

        // 5 % of 20,000 are 1,000; the standard deviation of a fair draw is 31.
        canary.ShouldBeInRange(850, 1_150);
    }
}
