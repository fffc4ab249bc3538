using Atlas.Running.HighAvailability;

namespace Atlas.Tests.Running.HighAvailability;

public sealed class ProcessorShareTests
{
    private const long LongUs = 10_000_000;

    [Theory]
    [InlineData(200, 100_000)]
    [InlineData(2_000, 10_000)]
    public void RestMs_OfItsOwnWork_IsNone(long usedUs, long everyUs)
    {
        ProcessorShare share = default;
        for (int i = 1; i < 1_000; i++)
        {
            share.RestMs(i * everyUs, i * usedUs, long.MaxValue).ShouldBe(0);
        }
    }

    [Fact]
    public void RestMs_PastTheBurst_IsUntilAQuarterIsLeft()
    {
        ProcessorShare share = default;
        share.RestMs(LongUs, ProcessorShare.BurstUs, long.MaxValue).ShouldBe(0);
        share.RestMs(LongUs, ProcessorShare.BurstUs + 1, long.MaxValue).ShouldBe(1);
        share.RestMs(LongUs, ProcessorShare.BurstUs + 1_000, long.MaxValue).ShouldBe(4);
        share.RestMs(LongUs + 4_000, ProcessorShare.BurstUs + 1_000, long.MaxValue).ShouldBe(0);
    }

    [Fact]
    public void RestMs_OfOneThatIsAlwaysBusy_LeavesItAQuarter()
    {
        ProcessorShare share = default;
        (long nowUs, long usedUs) = (LongUs, 0L);
        while (nowUs < 2 * LongUs)
        {
            nowUs += 500;
            usedUs += 500;
            nowUs += 1_000 * share.RestMs(nowUs, usedUs, long.MaxValue);
        }

        usedUs.ShouldBeInRange(LongUs / 5, (LongUs / 4) + ProcessorShare.BurstUs + 500);
    }

    [Fact]
    public void RestMs_WithADeadline_IsNoLonger()
    {
        ProcessorShare share = default;
        share.RestMs(LongUs, LongUs, LongUs + 3_000).ShouldBe(3);
        share.RestMs(LongUs, LongUs, LongUs).ShouldBe(0);
        share.RestMs(LongUs, LongUs, LongUs - 1).ShouldBe(0);
        share.RestMs(LongUs, LongUs, long.MaxValue).ShouldBe(ProcessorShare.MaxRestMs);
    }
}
