using System.Net;
using Atlas.Core.HighAvailability;
using static Atlas.Core.HighAvailability.VirtualRouterReason;
using static Atlas.Core.HighAvailability.VirtualRouterState;
using static Atlas.Core.Tests.HighAvailability.TestRouters;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>Faults, priorities that change, pauses, announcements.</summary>
public sealed class VirtualRouterBeyondTheRfcTests
{
    [Fact]
    public void Fault_OfAMaster_ReleasesAndSaysSo()
    {
        (VirtualRouter router, long since) = NewMaster();

        VirtualRouterOrders orders = router.BeginFault(since + 1);

        orders.Transition.ShouldGo(Master, VirtualRouterState.Fault, InterfaceLost);
        (orders.Release, orders.Advertise).ShouldBe((true, (byte?)0));
        router.NextDeadlineUs.ShouldBe(long.MaxValue);
        router.Hear(0, since + 2).ShouldBe(default);
        router.Tick(since + (100 * Second)).ShouldBe(default);
    }

    [Fact]
    public void AnnounceAnew_OfAMaster_AnnouncesAsAtATakeover()
    {
        (VirtualRouter router, long since) = NewMaster(Settings with { AnnounceCount = 2, AnnounceAgainCount = 0, AnnounceRefreshUs = 0 });
        router.Tick(since + Settings.AnnounceSpacingUs).Announce.ShouldBeTrue();
        router.Tick(since + (Second / 2)).Announce.ShouldBeFalse();

        router.AnnounceAnew(since + (Second / 2)).ShouldBe(new VirtualRouterOrders { Announce = true });

        router.NextDeadlineUs.ShouldBe(since + (Second / 2) + Settings.AnnounceSpacingUs);
        router.Tick(router.NextDeadlineUs).ShouldBe(new VirtualRouterOrders { Announce = true });
        router.NextDeadlineUs.ShouldBe(since + Second);
    }

    [Fact]
    public void AnnounceAnew_OfABackupOrAfterAPause_IsNothing()
    {
        NewBackup().AnnounceAnew(1).ShouldBe(default);
        (VirtualRouter router, long since) = NewMaster();
        router.AnnounceAnew(since + (3 * Second)).ShouldBe(default);
        router.State.ShouldBe(Master);
    }

    [Fact]
    public void Fault_ToldTwice_KeepsTheNodeOutUntilItEnds()
    {
        VirtualRouter router = NewBackup();
        router.EndFault(0).ShouldBe(default);
        router.BeginFault(1).Transition.ShouldGo(Backup, VirtualRouterState.Fault, InterfaceLost);
        router.BeginFault(2).ShouldBe(default);

        router.EndFault(3).Transition.ShouldGo(VirtualRouterState.Fault, Backup, FaultOver);
        router.EndFault(4).ShouldBe(default);

        router.NextDeadlineUs.ShouldBe(3 + (3 * Second) + Skew);
    }

    [Fact]
    public void Fault_BeforeTheStart_WaitsForItsEnd()
    {
        var router = new VirtualRouter(Settings with { Priority = 255 });
        router.BeginFault(0).ShouldBe(default);

        router.Start(1).Transition.ShouldGo(Initialize, VirtualRouterState.Fault, InterfaceLost);
        router.EndFault(2).Transition.ShouldGo(VirtualRouterState.Fault, Master, FaultOver);
    }

    [Fact]
    public void Fault_AndStop_EndInInitialize()
    {
        VirtualRouter router = NewBackup();
        router.BeginFault(1);

        router.Stop(2).Transition.ShouldGo(VirtualRouterState.Fault, Initialize, Stopped);
        router.EndFault(3).ShouldBe(default);
        router.State.ShouldBe(Initialize);
    }

    [Fact]
    public void ChangePriority_OfAMaster_IsAdvertisedAtOnceAndNeverAStop()
    {
        (VirtualRouter router, long since) = NewMaster();

        router.ChangePriority(-20, since + 1).Advertise.ShouldBe((byte?)1);
        router.ChangePriority(0, since + 2).ShouldBe(default);
        router.ChangePriority(400, since + 3).Advertise.ShouldBe((byte?)254);

        router.State.ShouldBe(Master);
    }

    [Fact]
    public void ChangeSettings_OfAMaster_KeepsItAndAnnouncesNewAddresses()
    {
        (VirtualRouter router, long since) = NewMaster(Settings with { AnnounceAgainCount = 0, AnnounceRefreshUs = 0 });
        while (router.Tick(router.NextDeadlineUs).Announce)
        {
        }

        long now = since + Second + (Second / 2);
        VirtualRouterSettings other = Settings with { Priority = 50, Preempt = false, AdvertiseUs = 10 * Second, AnnounceAgainCount = 0, AnnounceRefreshUs = 0 };
        router.ChangeSettings(other, now);
        (router.State, router.Priority).ShouldBe((Master, 100), "only what is not told otherwise");
        router.Tick(now).ShouldBe(default, "nothing new is to be announced");

        router.ChangeSettings(other with { Addresses = [.. Settings.Addresses, IPAddress.Parse("10.0.0.102")] }, now);
        router.Tick(now).Announce.ShouldBeTrue();
        router.Hear(90, now + 1, addresses: "10.0.0.100 10.0.0.101 10.0.0.102");
        router.Counters.HeardOtherAddresses.ShouldBe(0);
        router.State.ShouldBe(Master);
    }

    [Fact]
    public void ChangeSettings_OfABackup_CountFromTheNextAdvertisement()
    {
        VirtualRouter router = NewBackup(Settings with { Preempt = false });
        router.Hear(50, 1);
        long down = router.NextDeadlineUs;

        router.ChangeSettings(Settings, 2);
        router.Hear(50, 3);

        router.NextDeadlineUs.ShouldBe(down, "it waits no longer for one of lower priority");
        Should.Throw<ArgumentException>(() => router.ChangeSettings(Settings with { Addresses = [IPAddress.IPv6Loopback] }, 4));
    }

    [Fact]
    public void ChangePriority_OfAnOwner_ComesBackToTheOwners()
    {
        (VirtualRouter router, long since) = NewMaster(Settings with { Priority = 200 });
        router.ChangePriority(255, since).Advertise.ShouldBe((byte?)254);

        var owner = new VirtualRouter(Settings with { Priority = 255 });
        owner.Start(0);
        owner.ChangePriority(10, 1).Advertise.ShouldBe((byte?)10);
        owner.ChangePriority(255, 2).Advertise.ShouldBe((byte?)255);
    }

    [Fact]
    public void ChangePriority_OfABackup_ChangesItsSkew()
    {
        VirtualRouter router = NewBackup();

        router.ChangePriority(254, Second);
        router.NextDeadlineUs.ShouldBe((3 * Second) + (2 * Second / 256));
        router.ChangePriority(1, Second);
        router.NextDeadlineUs.ShouldBe((3 * Second) + (255 * Second / 256));
        router.Hear(0, 2 * Second);
        router.ChangePriority(254, 2 * Second);
        router.NextDeadlineUs.ShouldBe((2 * Second) + (2 * Second / 256));
    }

    [Fact]
    public void ChangePriority_OfTheMasterHeard_IsPreemptedAsSuch()
    {
        VirtualRouter router = NewBackup();
        router.Hear(200, Second);

        router.Hear(20, 2 * Second);

        router.Tick(router.NextDeadlineUs).Transition.ShouldGo(Backup, Master, MasterPriorityFell);
    }

    [Fact]
    public void ChangePriority_ThatRises_WaitsForThePreemptDelay()
    {
        VirtualRouter router = NewBackup(Settings with { PreemptDelayUs = 60 * Second });
        router.Hear(200, 100 * Second);

        router.ChangePriority(210, 101 * Second);
        router.Hear(200, 102 * Second);
        router.NextDeadlineUs.ShouldBe((102 * Second) + VirtualRouterTimes.DownUs(210, Second));
        router.Hear(50, 161 * Second);
        router.Tick(router.NextDeadlineUs).State().ShouldBe(Master);
    }

    // The exact edge: three intervals after the last sending, others may have taken over.
    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1_000_000_000_000, false)]
    public void Pause_OfAMaster_GivesUpWhereAnotherMayHaveTakenOver(long beyondUs, bool staysMaster)
    {
        (VirtualRouter router, long since) = NewMaster();
        long now = since + (3 * Second) + beyondUs;

        VirtualRouterOrders orders = router.Tick(now);

        if (staysMaster)
        {
            orders.Advertise.ShouldBe((byte?)100);
            return;
        }

        orders.Transition.ShouldGo(Master, Backup, Paused);
        (orders.Release, orders.Advertise, orders.Announce, orders.Take).ShouldBe((true, null, false, false));
        router.NextDeadlineUs.ShouldBe(now + (3 * Second) + Skew);
        router.Tick(router.NextDeadlineUs).Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
    }

    [Fact]
    public void Pause_OfAMaster_SendsNothingWhateverComesFirst()
    {
        Func<VirtualRouter, long, VirtualRouterOrders>[] inputs =
        [
            (r, now) => r.Tick(now),
            (r, now) => r.Hear(50, now),
            (r, now) => r.Hear(200, now),
            (r, now) => r.Hear(0, now),
            (r, now) => r.ChangePriority(50, now),
            (r, now) => r.Stop(now),
            (r, now) => r.BeginFault(now),
        ];
        foreach (Func<VirtualRouter, long, VirtualRouterOrders> input in inputs)
        {
            (VirtualRouter router, long since) = NewMaster();

            VirtualRouterOrders orders = input(router, since + (4 * Second));

            (orders.Release, orders.Advertise, orders.Announce).ShouldBe((true, null, false));
            router.State.ShouldNotBe(Master);
        }
    }

    [Fact]
    public void Pause_OfAMasterThatHearsTheNextOne_FollowsIt()
    {
        (VirtualRouter router, long since) = NewMaster();

        router.Hear(200, since + (10 * Second), intervalUs: 2 * Second).Transition.ShouldGo(Master, Backup, Paused);

        router.NextDeadlineUs.ShouldBe(since + (10 * Second) + VirtualRouterTimes.DownUs(100, 2 * Second));
    }

    [Fact]
    public void Pause_OfABackup_ListensAnewOnceBeforeItTakesOver()
    {
        VirtualRouter router = NewBackup();
        long late = router.NextDeadlineUs + Second + 1;

        router.Tick(late).ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(late + (3 * Second) + Skew);
        router.Counters.ListenedAnew.ShouldBe(1);

        router.Tick(router.NextDeadlineUs + (9 * Second)).State().ShouldBe(Master);
    }

    [Fact]
    public void Pause_OfABackupOfAnIntervalOrLess_TakesOver()
    {
        VirtualRouter router = NewBackup();

        router.Tick(router.NextDeadlineUs + Second).State().ShouldBe(Master);
    }

    [Fact]
    public void Announcements_OfAMaster_ComeInTwoBurstsAndThenOnceInAWhile()
    {
        (VirtualRouter router, long since) = NewMaster();
        List<long> at = [0];
        while (router.NextDeadlineUs < since + (200 * Second))
        {
            long now = router.NextDeadlineUs;
            if (router.Tick(now).Announce)
            {
                at.Add((now - since) / 1_000);
            }
        }

        at.ShouldBe([0, 50, 100, 150, 200, 5_000, 5_050, 5_100, 5_150, 5_200, 65_200, 125_200, 185_200]);
        router.Counters.Announced.ShouldBe(13);
    }

    [Fact]
    public void Announcements_AfterALateTick_AreNotMadeUpFor()
    {
        (VirtualRouter router, long since) = NewMaster();
        int count = 0;
        for (long now = since + (2 * Second); now < since + (2 * Second) + 40_000; now += 1_000)
        {
            count += router.Tick(now).Announce ? 1 : 0;
        }

        count.ShouldBe(1);
    }

    [Fact]
    public void Announcements_AgainstAWorseMaster_BeginAnew()
    {
        (VirtualRouter router, long since) = NewMaster(Settings with { AnnounceAgainCount = 0, AnnounceRefreshUs = 0 });
        for (long now = since; now < since + (20 * Second); now = router.NextDeadlineUs)
        {
            router.Tick(now);
        }

        router.Counters.Announced.ShouldBe(5);
        router.Hear(50, since + (20 * Second)).Announce.ShouldBeTrue();
        for (long now = since + (20 * Second); now < since + (40 * Second); now = router.NextDeadlineUs)
        {
            router.Tick(now);
        }

        router.Counters.Announced.ShouldBe(10);
    }
}

file static class OrderTests
{
    public static VirtualRouterState? State(this VirtualRouterOrders orders) => orders.Transition?.To;
}
