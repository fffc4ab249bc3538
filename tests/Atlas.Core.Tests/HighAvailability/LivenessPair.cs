using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>Two nodes with one clock, whose heartbeats the test carries.</summary>
internal sealed class LivenessPair
{
    internal const long IntervalUs = 500_000;
    internal const long DeadAfterUs = 2_000_000;

    private ulong _boots = 100;

    internal LivenessPair()
    {
        Near = NewNode("near");
        Far = NewNode("far");
    }

    internal long NowUs { get; set; } = 1_000_000;

    internal PeerLiveness Near { get; private set; }

    internal PeerLiveness Far { get; private set; }

    internal DataPlaneState FarDataPlane { get; set; }

    /// <summary>What the near node knows of the far one.</summary>
    internal PeerStatus Status => Near.Peers.ShouldHaveSingleItem();

    internal List<PeerChange> Changes { get; } = [];

    internal PeerMessage FromNear() => Make("near", "far", Near, DataPlaneState.Serving);

    internal PeerMessage FromFar() => Make("far", "near", Far, FarDataPlane);

    internal PeerVerdict ToNear(PeerMessage message)
    {
        PeerVerdict verdict = Near.Receive(message, NowUs, 5_000, out PeerChange? change);
        if (change is PeerChange one)
        {
            Changes.Add(one);
        }

        return verdict;
    }

    internal PeerVerdict ToFar(PeerMessage message) => Far.Receive(message, NowUs, 5_000, out _);

    /// <summary>A round of both in which nothing is lost.</summary>
    internal void Exchange()
    {
        ToFar(FromNear());
        ToNear(FromFar());
        Pass(IntervalUs);
    }

    internal void Pass(long us)
    {
        NowUs += us;
        Near.Advance(NowUs, Changes);
        Far.Advance(NowUs, []);
    }

    internal void RestartFar() => Far = NewNode("far");

    internal void RestartNear() => Near = NewNode("near");

    private PeerLiveness NewNode(string name)
    {
        var node = new PeerLiveness(name, _boots++, new LivenessOptions { IntervalUs = IntervalUs, DeadAfterUs = DeadAfterUs });
        node.SetPeers([name == "near" ? "far" : "near"], NowUs);
        return node;
    }

    private PeerMessage Make(string from, string to, PeerLiveness node, DataPlaneState state) => new()
    {
        From = from,
        To = to,
        Boot = node.Boot,
        Sequence = node.BeginRound(NowUs),
        Echo = node.Echo(to, NowUs),
        DataPlane = state,
        WallClockMs = 6_000,
        Version = "1.0",
    };
}
