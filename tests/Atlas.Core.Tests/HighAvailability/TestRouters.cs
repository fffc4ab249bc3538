using System.Net;
using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>Virtual routers of a node 10.0.0.5, and what others say to it. An interval is a second.</summary>
internal static class TestRouters
{
    public const long Second = 1_000_000;

    public static VirtualRouterSettings Settings { get; } = new()
    {
        PrimaryAddress = IPAddress.Parse("10.0.0.5"),
        Addresses = [IPAddress.Parse("10.0.0.100"), IPAddress.Parse("10.0.0.101")],
    };

    /// <summary>Skew_Time at priority 100 and an interval of a second.</summary>
    public static long Skew => 156 * Second / 256;

    public static VirtualRouter NewBackup(VirtualRouterSettings? settings = null)
    {
        var router = new VirtualRouter(settings ?? Settings);
        router.Start(0);
        router.State.ShouldBe(VirtualRouterState.Backup);
        return router;
    }

    /// <summary>A master since the returned time.</summary>
    public static (VirtualRouter Router, long Since) NewMaster(VirtualRouterSettings? settings = null)
    {
        VirtualRouter router = NewBackup(settings);
        long since = router.NextDeadlineUs;
        router.Tick(since);
        router.State.ShouldBe(VirtualRouterState.Master);
        return (router, since);
    }

    public static VirtualRouterOrders Hear(
        this VirtualRouter router,
        byte priority,
        long nowUs,
        string sender = "10.0.0.4",
        long intervalUs = Second,
        string addresses = "10.0.0.100 10.0.0.101") =>
        router.Hear(
            new HeardAdvertisement
            {
                Priority = priority,
                IntervalUs = intervalUs,
                Sender = IPAddress.Parse(sender).GetAddressBytes(),
                Addresses = addresses.Split(' ').SelectMany(a => IPAddress.Parse(a).GetAddressBytes()).ToArray(),
            },
            nowUs);

    public static void ShouldGo(
        this VirtualRouterTransition? transition, VirtualRouterState from, VirtualRouterState to, VirtualRouterReason reason)
    {
        transition.ShouldNotBeNull();
        (transition.Value.From, transition.Value.To, transition.Value.Reason).ShouldBe((from, to, reason));
    }
}
