using Atlas.Core.HighAvailability;
using static Atlas.Core.HighAvailability.VirtualRouterReason;
using static Atlas.Core.HighAvailability.VirtualRouterState;
using static Atlas.Core.Tests.HighAvailability.TestRouters;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>Virtual routers of which a store has a lease.</summary>
public sealed class VirtualRouterLeaseTests
{
    [Fact]
    public void Silence_IsAskedAboutOnceItIsOver()
    {
        VirtualRouter router = NewBackup();
        long due = router.NextDeadlineUs;

        router.MustAskForLease(due - 1).ShouldBeFalse();
        router.MustAskForLease(due).ShouldBeTrue();
        router.AwaitLease(Second / 2, due).ShouldBeTrue();

        router.MustAskForLease(due + Second).ShouldBeFalse("it was asked");
        router.Tick(due).ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(due + (Second / 2));
    }

    [Fact]
    public void Answer_ThatThisNodeHasIt_MakesItMasterAtOnce()
    {
        (VirtualRouter router, long asked) = Asking();

        router.GoOnWithLease(asked + 1).Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
        router.GoOnWithLease(asked + 2).ShouldBe(default);
    }

    // It may have missed a master that still is there.
    [Fact]
    public void Silence_AfterAPause_IsListenedToAnewFirst()
    {
        VirtualRouter router = NewBackup();
        long late = router.NextDeadlineUs + Second + 1;
        router.MustAskForLease(late).ShouldBeTrue();

        router.AwaitLease(Second / 2, late).ShouldBeFalse();

        router.MustAskForLease(late).ShouldBeFalse();
        router.GoOnWithLease(late).ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(late + (3 * Second) + Skew);
        router.Counters.ListenedAnew.ShouldBe(1);
        router.AwaitLease(Second / 2, router.NextDeadlineUs).ShouldBeTrue();
    }

    [Theory]
    [InlineData(50)]
    [InlineData(150)]
    public void Priority_ThatChangesWhileItWaits_DoesNotEndTheWait(int priority)
    {
        (VirtualRouter router, long asked) = Asking(new VirtualRouter(Settings with { Priority = 200 }));

        router.ChangePriority(priority, asked + 1).ShouldBe(default);
        router.Tick(asked + 2).ShouldBe(default);

        router.NextDeadlineUs.ShouldBe(asked + (Second / 2));
        router.GoOnWithLease(asked + 3).Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
    }

    [Fact]
    public void NoAnswer_MakesItMasterAtTheLimit()
    {
        (VirtualRouter router, long asked) = Asking();

        router.Tick(asked + (Second / 2)).Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
    }

    [Fact]
    public void Answer_ThatAnotherHasIt_IsAskedForAgain()
    {
        (VirtualRouter router, long asked) = Asking();
        for (int i = 0; i < 100; i++)
        {
            router.YieldToLease(asked).ShouldBe(default);
            router.NextDeadlineUs.ShouldBe(asked + (Second / 4));
            asked = router.NextDeadlineUs;
            router.MustAskForLease(asked).ShouldBeTrue();
            router.AwaitLease(Second / 2, asked);
        }

        router.GoOnWithLease(asked).Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
    }

    [Fact]
    public void Answer_AfterAMasterWasHeard_ChangesNothing()
    {
        (VirtualRouter router, long asked) = Asking();
        router.Hear(150, asked + 1);
        long due = router.NextDeadlineUs;

        router.GoOnWithLease(asked + 2).ShouldBe(default);
        router.YieldToLease(asked + 2).ShouldBe(default);

        router.State.ShouldBe(Backup);
        router.NextDeadlineUs.ShouldBe(due);
    }

    [Theory]
    [InlineData(0, MasterStopped)]
    [InlineData(50, LowerPriorityPreempted)]
    public void Master_ThatIsHeard_IsReplacedWithoutAQuestion(byte priority, VirtualRouterReason reason)
    {
        VirtualRouter router = NewBackup();
        router.Hear(priority, Second);
        long due = router.NextDeadlineUs;

        router.MustAskForLease(due).ShouldBeFalse();
        router.Tick(due).Transition.ShouldGo(Backup, Master, reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void Master_ThatIsHeardWhileItWaits_EndsTheWait(byte priority)
    {
        (VirtualRouter router, long asked) = Asking();
        router.Hear(priority, asked + 1);

        router.GoOnWithLease(asked + 2).ShouldBe(default);
        router.MustAskForLease(long.MaxValue / 2).ShouldBeFalse();
        router.Tick(router.NextDeadlineUs).Transition.ShouldNotBeNull();
    }

    [Fact]
    public void Master_WhoseLeaseAnotherHas_LetsGoOfTheAddresses()
    {
        (VirtualRouter router, long since) = NewMaster();

        VirtualRouterOrders orders = router.YieldToLease(since + 1);

        orders.Transition.ShouldGo(Master, Backup, LeaseElsewhere);
        (orders.Release, orders.Advertise).ShouldBe((true, (byte?)null));
        router.NextDeadlineUs.ShouldBe(since + 1 + (3 * Second) + Skew);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answer_WhereItTakesNoPart_ChangesNothing(bool isFault)
    {
        (VirtualRouter router, long asked) = Asking();
        _ = isFault ? router.BeginFault(asked) : router.Stop(asked);

        router.GoOnWithLease(asked + 1).ShouldBe(default);
        router.YieldToLease(asked + 1).ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(long.MaxValue);
    }

    private static (VirtualRouter Router, long AskedAt) Asking(VirtualRouter? router = null)
    {
        router ??= new VirtualRouter(Settings);
        router.Start(0);
        long asked = router.NextDeadlineUs;
        router.AwaitLease(Second / 2, asked);
        return (router, asked);
    }
}
