using System.Net;
using Atlas.Core.HighAvailability;
using Atlas.Core.Simulation;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>What befalls a simulated network, all of it from one seed.</summary>
internal sealed class NetworkScenario
{
    public NetworkScenario(ulong seed, NetworkKind kind)
    {
        Random = new SimulatedRandom((seed << 2) ^ (ulong)kind);
        Kind = kind;
        int nodes = 2 + Below(4);
        long baseUs = Pick(10_000, 50_000, 100_000, 1_000_000);
        bool isPreempting = Below(4) != 0;
        PreemptDelayUs = Below(3) == 0 ? baseUs * (1 + Below(10)) : 0;
        HasOneInterval = Below(5) != 0;
        Settings = [.. Enumerable.Range(0, nodes).Select(i => Node(i, baseUs, isPreempting))];
        MaxIntervalUs = Settings.Max(s => s.AdvertiseUs);
        MaxDelayUs = Pick(20, baseUs / 100, baseUs / 20);
        MaxLateUs = baseUs / 50;
        Loss = kind == NetworkKind.LossyAndBroken ? Unit() * 0.3 : 0;
        FaultsEndUs = 60 * MaxIntervalUs;

        // After the last fault: the preempt delay, a few times the longest that a backup waits, and the refresh of announcements.
        SettledUs = FaultsEndUs + PreemptDelayUs + (25 * MaxIntervalUs);
    }

    public SimulatedRandom Random;

    public NetworkKind Kind { get; }

    public VirtualRouterSettings[] Settings { get; }

    public bool IsPreempting => Settings[0].Preempt;

    public bool HasOneInterval { get; }

    public long PreemptDelayUs { get; }

    public long MaxIntervalUs { get; }

    public long MaxDelayUs { get; }

    public long MaxLateUs { get; }

    public double Loss { get; set; }

    public long FaultsEndUs { get; }

    public long SettledUs { get; }

    /// <summary>
    /// How long two masters that can hear each other may be there: until the worse hears an advertisement of the better, which
    /// sends one in each interval. Clocks are off by a thousandth at most. With loss, fifteen in a row are taken for impossible.
    /// </summary>
    public long TwoMastersUs =>
        ((MaxIntervalUs + (MaxIntervalUs / 500) + MaxLateUs) * (Kind == NetworkKind.LossyAndBroken ? 15 : 1)) + MaxDelayUs + 2;

    public int Below(int limit) => (int)(Random.Next() % (ulong)limit);

    public double Unit() => Random.Unit();

    private VirtualRouterSettings Node(int index, long baseUs, bool isPreempting)
    {
        long intervalUs = baseUs * (HasOneInterval ? 1 : Pick(1, 1, 2, 4));
        return new VirtualRouterSettings
        {
            Priority = index == 0 && Below(10) == 0 ? 255 : (int)Pick(1, 90, 100, 100, 150, 200, 254),
            AdvertiseUs = intervalUs,
            Preempt = isPreempting,
            PreemptDelayUs = PreemptDelayUs,
            PrimaryAddress = new IPAddress([10, 0, (byte)(Below(2) * 200), (byte)(index + 1)]),
            Addresses = [IPAddress.Parse("10.0.0.100")],
            AnnounceSpacingUs = intervalUs / 20,
            AnnounceAgainUs = 3 * intervalUs,
            AnnounceRefreshUs = Kind == NetworkKind.OnlySplit ? 0 : 2 * intervalUs,
        };
    }

    private long Pick(params ReadOnlySpan<long> values) => values[Below(values.Length)];
}
