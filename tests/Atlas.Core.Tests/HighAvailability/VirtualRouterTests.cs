using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using static Atlas.Core.HighAvailability.VirtualRouterReason;
using static Atlas.Core.HighAvailability.VirtualRouterState;
using static Atlas.Core.Tests.HighAvailability.TestRouters;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>The table of RFC 9568 6.4.</summary>
public sealed class VirtualRouterTests
{
    // RFC 9568 6.1: the highest backup waits a little more than three intervals, the lowest a little less than four.
    [Theory]
    [InlineData(254, 1_000_000, 7_812)]
    [InlineData(100, 1_000_000, 609_375)]
    [InlineData(1, 1_000_000, 996_093)]
    [InlineData(254, 10_000, 78)]
    [InlineData(1, 40_950_000, 40_790_039)]
    public void Times_OfAPriority_AreThoseOfTheRfc(int priority, long intervalUs, long skewUs)
    {
        VirtualRouterTimes.SkewUs(priority, intervalUs).ShouldBe(skewUs);
        VirtualRouterTimes.DownUs(priority, intervalUs).ShouldBe((3 * intervalUs) + skewUs);
    }

    [Fact]
    public void Start_OrdinaryNode_WaitsForTheDownIntervalBeforeItTakesOver()
    {
        var router = new VirtualRouter(Settings);
        router.NextDeadlineUs.ShouldBe(long.MaxValue);

        router.Start(7).Transition.ShouldGo(Initialize, Backup, Started);
        router.NextDeadlineUs.ShouldBe(7 + (3 * Second) + Skew);
        router.Tick(router.NextDeadlineUs - 1).ShouldBe(default);
        VirtualRouterOrders orders = router.Tick(7 + (3 * Second) + Skew);

        orders.Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
        (orders.Release, orders.Advertise, orders.Take, orders.Announce).ShouldBe((false, (byte?)100, true, true));
        orders.Transition!.Value.AtUs.ShouldBe(7 + (3 * Second) + Skew);
    }

    [Fact]
    public void Start_Owner_IsMasterAtOnce()
    {
        var router = new VirtualRouter(Settings with { Priority = 255 });

        VirtualRouterOrders orders = router.Start(0);

        orders.Transition.ShouldGo(Initialize, Master, Started);
        (orders.Advertise, orders.Take, orders.Announce).ShouldBe(((byte?)255, true, true));
        router.NextDeadlineUs.ShouldBe(50_000);
    }

    [Fact]
    public void StartAndStop_Twice_DoNothingTheSecondTime()
    {
        VirtualRouter router = NewBackup();

        router.Start(1).ShouldBe(default);
        router.Stop(2).Transition.ShouldGo(Backup, Initialize, Stopped);
        router.Stop(3).ShouldBe(default);
        router.Hear(100, 4).ShouldBe(default);
        router.Tick(100 * Second).ShouldBe(default);
        router.Counters.RefusedNotRunning.ShouldBe(1);
        router.Start(5).Transition.ShouldGo(Initialize, Backup, Started);
    }

    [Fact]
    public void Stop_Master_ReleasesAndSaysSo()
    {
        (VirtualRouter router, long since) = NewMaster();

        VirtualRouterOrders orders = router.Stop(since + 1);

        orders.Transition.ShouldGo(Master, Initialize, Stopped);
        (orders.Release, orders.Advertise, orders.Announce).ShouldBe((true, (byte?)0, false));
        router.NextDeadlineUs.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Backup_HearsAnEqualOrHigherMaster_WaitsForItsInterval()
    {
        VirtualRouter router = NewBackup();

        router.Hear(100, Second, intervalUs: 5 * Second).ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(Second + (15 * Second) + (5 * 156 * Second / 256));
        router.Hear(200, 2 * Second, intervalUs: 10_000);
        router.NextDeadlineUs.ShouldBe((2 * Second) + 30_000 + (156 * 10_000 / 256));
        router.Counters.HeardOtherInterval.ShouldBe(2);
    }

    [Fact]
    public void Backup_HearsALowerMaster_PreemptsItAfterTheDownInterval()
    {
        VirtualRouter router = NewBackup();
        long downAt = router.NextDeadlineUs;

        router.Hear(99, Second).ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(downAt);

        router.Tick(downAt).Transition.ShouldGo(Backup, Master, LowerPriorityPreempted);
    }

    [Fact]
    public void Backup_WithoutPreemption_LeavesALowerMasterAlone()
    {
        VirtualRouter router = NewBackup(Settings with { Preempt = false });

        router.Hear(1, Second);

        router.NextDeadlineUs.ShouldBe(Second + (3 * Second) + Skew);
        router.Tick(router.NextDeadlineUs).Transition.ShouldGo(Backup, Master, NoAdvertisementHeard);
    }

    [Fact]
    public void Backup_WithAPreemptDelay_WaitsForItOnlyWhereAMasterLives()
    {
        VirtualRouterSettings settings = Settings with { PreemptDelayUs = 10 * Second };
        VirtualRouter alone = NewBackup(settings);
        alone.NextDeadlineUs.ShouldBe((3 * Second) + Skew);

        VirtualRouter router = NewBackup(settings);
        for (long at = Second; at < 10 * Second; at += Second)
        {
            router.Hear(50, at);
            router.NextDeadlineUs.ShouldBe(at + (3 * Second) + Skew);
        }

        router.Hear(50, 10 * Second);
        router.NextDeadlineUs.ShouldBe((12 * Second) + Skew);
        router.Tick(router.NextDeadlineUs).Transition.ShouldGo(Backup, Master, LowerPriorityPreempted);
    }

    [Fact]
    public void Backup_HearsThatTheMasterStops_WaitsForTheSkewOnly()
    {
        VirtualRouter router = NewBackup();
        router.Hear(200, Second);

        router.Hear(0, 2 * Second).ShouldBe(default);

        router.NextDeadlineUs.ShouldBe((2 * Second) + Skew);
        router.Counters.HeardStopped.ShouldBe(1);
        router.Tick(router.NextDeadlineUs).Transition.ShouldGo(Backup, Master, MasterStopped);
    }

    [Fact]
    public void Backup_HearsTheNextMasterAfterAStop_FollowsIt()
    {
        VirtualRouter router = NewBackup();
        router.Hear(0, 2 * Second);

        router.Hear(150, (2 * Second) + 1);

        router.NextDeadlineUs.ShouldBe((2 * Second) + 1 + (3 * Second) + Skew);
    }

    [Fact]
    public void Master_Ticks_AdvertisesEachIntervalEvenIfTicksAreLate()
    {
        (VirtualRouter router, long since) = NewMaster();
        List<long> sent = [];
        for (long at = since; at < since + (10 * Second); at += 1_000)
        {
            if (router.NextDeadlineUs <= at - 3_000 && router.Tick(at).Advertise is byte priority)
            {
                priority.ShouldBe((byte)100);
                sent.Add(at - since);
            }
        }

        sent.Count.ShouldBe(9);
        sent[^1].ShouldBeInRange(9 * Second, (9 * Second) + 10_000);
    }

    [Theory]
    [InlineData(101, "10.0.0.4", HigherPriorityHeard)]
    [InlineData(255, "10.0.0.4", HigherPriorityHeard)]
    [InlineData(100, "10.0.0.6", EqualPriorityHigherAddressHeard)]
    [InlineData(100, "200.0.0.1", EqualPriorityHigherAddressHeard)]
    public void Master_HearsABetterOne_GivesWayAndIsHeardALastTime(byte priority, string sender, VirtualRouterReason reason)
    {
        (VirtualRouter router, long since) = NewMaster();

        VirtualRouterOrders orders = router.Hear(priority, since + 1, sender, 2 * Second);

        orders.Transition.ShouldGo(Master, Backup, reason);
        (orders.Release, orders.Advertise, orders.Announce).ShouldBe((true, (byte?)100, false));
        router.NextDeadlineUs.ShouldBe(since + 1 + (6 * Second) + (2 * 156 * Second / 256));
    }

    [Theory]
    [InlineData(99, "10.0.0.6")]
    [InlineData(1, "10.0.0.6")]
    [InlineData(100, "10.0.0.4")]
    public void Master_HearsAWorseOne_AnswersAndAnnouncesAgain(byte priority, string sender)
    {
        (VirtualRouter router, long since) = NewMaster(Settings with { AnnounceAgainCount = 0, AnnounceRefreshUs = 0, AnnounceCount = 1 });
        router.NextDeadlineUs.ShouldBe(since + Second);

        VirtualRouterOrders orders = router.Hear(priority, since + 200_000, sender);

        (orders.Advertise, orders.Announce, orders.Take, orders.Transition).ShouldBe(((byte?)100, true, false, null));
        router.NextDeadlineUs.ShouldBe(since + 200_000 + Second);
    }

    [Fact]
    public void Master_HearsThatAnotherStops_AdvertisesWithoutAnAnnouncement()
    {
        (VirtualRouter router, long since) = NewMaster();

        router.Hear(0, since + 200_000, "10.0.0.6").Advertise.ShouldBe((byte?)100);

        router.State.ShouldBe(Master);
    }

    [Fact]
    public void Master_HearsWorseOnesWithoutEnd_AnswersThreeBetweenTwoAdvertisements()
    {
        (VirtualRouter router, long since) = NewMaster();
        int answers = 0;
        int announcements = 0;
        for (int heard = 0; heard < 1_000; heard++)
        {
            VirtualRouterOrders orders = router.Hear(50, since + heard);
            answers += orders.Advertise is null ? 0 : 1;
            announcements += orders.Announce ? 1 : 0;
        }

        answers.ShouldBe(VirtualRouter.MaxAssertions);
        announcements.ShouldBe(0);
        router.Counters.WithheldAssertions.ShouldBe(1_000 - VirtualRouter.MaxAssertions);

        router.Tick(since + Second + 999).Advertise.ShouldBe((byte?)100);
        router.Hear(50, since + Second + 1_000).Advertise.ShouldBe((byte?)100);
    }

    [Theory]
    [InlineData("fe80::1", "fe80::2", false)]
    [InlineData("fe80::1", "8000::ffff", true)]
    [InlineData("7fff::", "fe80::2", false)]
    public void Master_HearsAnEqualOneOverIpv6_ComparesUnsignedInNetworkOrder(string own, string other, bool staysMaster)
    {
        (VirtualRouter router, long since) = NewMaster(new VirtualRouterSettings { PrimaryAddress = IPAddress.Parse(own) });

        router.Hear(100, since + 1, other);

        router.State.ShouldBe(staysMaster ? Master : Backup);
    }

    [Fact]
    public void Hear_FromWhoIsNotToBeHeard_IsCountedAndChangesNothing()
    {
        VirtualRouter router = NewBackup(Settings with { Peers = [IPAddress.Parse("10.0.0.4"), IPAddress.Parse("10.0.0.7")] });
        long downAt = router.NextDeadlineUs;

        router.Hear(200, 1, "10.0.0.5").ShouldBe(default);
        router.Hear(200, 2, "10.0.0.6").ShouldBe(default);
        router.Hear(200, 3, "fe80::1").ShouldBe(default);
        router.NextDeadlineUs.ShouldBe(downAt);
        router.Hear(200, 4, "10.0.0.7");

        VirtualRouterCounters counters = router.Counters;
        (counters.RefusedOwnAddress, counters.RefusedNotAPeer, counters.RefusedFamily, counters.Heard).ShouldBe((1, 1, 1, 1));
        router.NextDeadlineUs.ShouldBe(4 + (3 * Second) + Skew);
    }

    [Theory]
    [InlineData("10.0.0.101 10.0.0.100", 0)]
    [InlineData("10.0.0.100", 1)]
    [InlineData("10.0.0.100 10.0.0.102", 1)]
    [InlineData("10.0.0.100 10.0.0.101 10.0.0.102", 1)]
    public void Hear_OtherAddresses_IsCountedAndTaken(string addresses, int expected)
    {
        VirtualRouter router = NewBackup();

        router.Hear(200, 1, addresses: addresses);

        router.Counters.HeardOtherAddresses.ShouldBe(expected);
        router.NextDeadlineUs.ShouldBe(1 + (3 * Second) + Skew);
    }

    [Fact]
    public void ChangePrimaryAddress_Higher_WinsTheTie()
    {
        (VirtualRouter router, long since) = NewMaster();
        router.ChangePrimaryAddress(IPAddress.Parse("10.0.0.9"));

        router.Hear(100, since + 1, "10.0.0.6");

        router.State.ShouldBe(Master);
        Should.Throw<ArgumentException>(() => router.ChangePrimaryAddress(IPAddress.IPv6Loopback));
    }

    [Fact]
    public void Settings_OutsideTheirRange_AreRefused()
    {
        VirtualRouterSettings[] wrong =
        [
            Settings with { Priority = 0 },
            Settings with { Priority = 256 },
            Settings with { AdvertiseUs = 0 },
            Settings with { AdvertiseUs = 15_000 },
            Settings with { AdvertiseUs = 40_960_000 },
            Settings with { AnnounceCount = 0 },
            Settings with { AnnounceAgainCount = -1 },
            Settings with { AnnounceRefreshUs = -1 },
            Settings with { PreemptDelayUs = -1 },
            Settings with { Peers = [IPAddress.IPv6Loopback] },
            Settings with { Addresses = [IPAddress.IPv6Loopback] },
        ];
        foreach (VirtualRouterSettings settings in wrong)
        {
            Should.Throw<ArgumentException>(() => new VirtualRouter(settings), settings.ToString());
        }
    }

    [Fact]
    public void Settings_OfAConfiguration_SayTheSame()
    {
        VirtualRouterSettings settings = VirtualRouterSettings.From(
            new VirtualRouterConfig
            {
                Priority = 7,
                AdvertiseMs = 250,
                Preempt = false,
                Addresses = [new InterfaceAddress(IPAddress.Parse("10.0.0.100"), 24)],
                UnicastPeers = [IPAddress.Parse("10.0.0.4")],
            },
            IPAddress.Parse("10.0.0.5"));

        settings.ShouldBe(new VirtualRouterSettings
        {
            Priority = 7,
            AdvertiseUs = 250_000,
            Preempt = false,
            PrimaryAddress = IPAddress.Parse("10.0.0.5"),
            Addresses = [IPAddress.Parse("10.0.0.100")],
            Peers = [IPAddress.Parse("10.0.0.4")],
        });
    }

    [Fact]
    public void Words_OfAll_AreThere()
    {
        Enum.GetValues<VirtualRouterState>().Select(s => s.Word()).ShouldBeUnique();
    }

    [Fact]
    public void TickAndHear_AllocateNothing()
    {
        (VirtualRouter router, long now) = NewMaster();
        byte[] sender = [10, 0, 0, 4];
        byte[] addresses = [10, 0, 0, 100, 10, 0, 0, 101];
        Allocations.Of(() =>
        {
            for (int round = 0; round < 1_000; round++)
            {
                now = router.NextDeadlineUs;
                router.Tick(now);
                byte priority = (byte)(round % 7 == 0 ? 200 : 50);
                router.Hear(
                    new HeardAdvertisement { Priority = priority, IntervalUs = Second, Sender = sender, Addresses = addresses }, now + 1);
            }
        }).ShouldBe(0);
    }
}
