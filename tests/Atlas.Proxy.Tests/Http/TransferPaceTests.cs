using Atlas.Proxy.Http;

namespace Atlas.Proxy.Tests.Http;

public sealed class TransferPaceTests
{
    private const int IdleMs = 30_000;
    private const int Rate = 240;

    [Fact]
    public void DeadlineMs_NothingMoved_IsTheGrace()
    {
        TransferPace pace = Begin();

        pace.DeadlineMs(1_000).ShouldBe(1_000 + TransferPace.GraceMs);
    }

    [Fact]
    public void DeadlineMs_AfterWaiting_IsWhatIsLeftOfTheGrace()
    {
        TransferPace pace = Begin();
        pace.Waited(9_000);
        pace.Moved(1, 10_000);

        pace.DeadlineMs(50_000).ShouldBe(51_004);
    }

    [Fact]
    public void DeadlineMs_ManyBytes_IsTheIdleTime()
    {
        TransferPace pace = Begin();
        pace.Moved(10_000_000, 0);

        pace.DeadlineMs(7).ShouldBe(7 + IdleMs);
    }

    [Fact]
    public void DeadlineMs_Bytes_EarnTheTimeTheyMayTake()
    {
        TransferPace pace = Begin();
        pace.Moved(Rate * 5, 0);
        pace.Waited(12_000);

        pace.DeadlineMs(0).ShouldBe(TransferPace.GraceMs + 5_000 - 12_000);
    }

    [Fact]
    public void DeadlineMs_WhatTheKernelBuffered_EarnsTheIdleTimeAtMost()
    {
        TransferPace pace = Begin();
        pace.Moved(4_000_000, 0);
        pace.Waited(IdleMs - 1_000);
        pace.Moved(1, 0);

        pace.DeadlineMs(0).ShouldBe(1_004);
    }

    [Fact]
    public void DeadlineMs_CreditSpent_IsNow()
    {
        TransferPace pace = Begin();
        pace.Waited(25_000);

        pace.DeadlineMs(77).ShouldBe(77);
    }

    [Fact]
    public void Restart_AfterWaiting_GivesTheGraceAndKeepsTheBytes()
    {
        TransferPace pace = Begin();
        pace.Moved(1, 0);
        pace.Waited(9_000);

        pace.Restart(5);

        pace.Bytes.ShouldBe(1);
        pace.DeadlineMs(5).ShouldBe(5 + TransferPace.GraceMs);
    }

    [Fact]
    public void DeadlineMs_NoMinimumAndNoIdleTime_IsNever()
    {
        TransferPace pace = new();
        pace.Begin(0, int.MaxValue, 0);

        pace.DeadlineMs(5).ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Begin_AfterATransfer_ForgetsIt()
    {
        TransferPace pace = Begin();
        pace.Moved(5, 3);
        pace.Waited(9_999);
        pace.IsTooSlow = true;

        pace.Begin(100, IdleMs, Rate);

        pace.Bytes.ShouldBe(0);
        pace.MovedAtMs.ShouldBe(100);
        pace.IsTooSlow.ShouldBeFalse();
        pace.DeadlineMs(100).ShouldBe(100 + TransferPace.GraceMs);
    }

    private static TransferPace Begin()
    {
        TransferPace pace = new();
        pace.Begin(0, IdleMs, Rate);
        return pace;
    }
}
