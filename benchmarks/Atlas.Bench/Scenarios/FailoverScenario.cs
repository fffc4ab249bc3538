using System.Diagnostics;
using Atlas.Bench.Measure;
using Atlas.Bench.Networks;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>How long an address of two nodes is not answered for when its master ends in one way or another, and how long both answer.
/// Every measurement has a network and nodes of its own.</summary>
internal sealed class FailoverScenario(string name, string description) : Scenario(name, description)
{
    // A connection whose SYN got lost sends it again after a second (RFC 6298 2).
    private const double SlowMs = 500;
    private const int AfterStopMs = 1_500;

    private const int PauseMs = 10_000;
    private const int AfterPauseMs = 3_000;
    private const int SampleMs = 5;

    // For how long a network must be right to count as healed, and until that is given up.
    private const int SteadyMs = 1_000;
    private const int HealLimitMs = 30_000;

    // The share of the interval between two advertisements by which the moment of the fault moves on from round to round: the
    // fractions of the golden ratio spread evenly for any number of rounds.
    private const double PhaseStep = 0.618;

    private static readonly Figure Killed = new("killed, ms", 0, Better.Lower);
    private static readonly Figure Unplugged = new("unplugged, ms", 0, Better.Lower);
    private static readonly Figure Stopped = new("stopped, ms", 0, Better.Lower);
    private static readonly Figure Failed = new("failed", 0, Better.Lower);
    private static readonly Figure Slow = new("slow", 0, Better.Lower);
    private static readonly Figure Healed = new("healed, ms", 0, Better.Lower);
    private static readonly Figure BothHave = new("paused: both have the address, ms", 0, Better.Lower);
    private static readonly Figure BothMaster = new("both are master, ms", 0, Better.Lower);
    private static readonly Figure WokenSent = new("the woken one sent", 0, Better.Lower);

    private static readonly VirtualPeer[] Contestants =
        [VirtualPeer.Atlas(1_000), VirtualPeer.Keepalived(1_000), VirtualPeer.Atlas(100), VirtualPeer.Keepalived(100)];

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Killed, Unplugged, Stopped, Failed, Slow, Healed, BothHave, BothMaster, WokenSent]);
        if (!Environment.IsPrivilegedProcess)
        {
            results.Note = " Not measured: network namespaces need root.";
            return results;
        }

        results.Note =
            " Until the other node's first answer to a client that opens a connection every 5 ms: after kill -9 of the master (of keepalived alone" +
            " where nginx serves), after its cable is pulled, after SIGTERM. After SIGTERM, failed connections had no answer within 8 s or were" +
            " refused or reset, and slow ones, whose SYN is sent again after a second, took more than half a second. Healed: from the end of a" +
            " split in which each node was master, until one is and the client has its link address; 30,000 says: not within 30 s. Paused: the" +
            " master is stopped for 10 s and goes on, without preemption; for how long both nodes have the address on the interface, for how" +
            " long both are master by what they write, and how many advertisements as master the woken one sent within 3 s.";
        for (int round = 0; round < session.Options.Rounds; round++)
        {
            foreach (VirtualPeer peer in Session.InRound(Contestants, round))
            {
                double phase = round * PhaseStep % 1;
                results.Add(peer.Peer, Killed, await TakenOverAsync(peer, phase, stage => stage.One.SignalAsync("KILL", toAll: true), session.Cancel));
                results.Add(peer.Peer, Unplugged, await TakenOverAsync(peer, phase, UnplugAsync, session.Cancel));
                await StopAsync(peer, phase, results, session.Cancel);
                results.Add(peer.Peer, Healed, await HealAsync(peer, phase, session.Cancel));
                await PauseAsync(peer, phase, results, session.Cancel);
            }
        }

        return results;
    }

    private static Task<long> UnplugAsync(FailoverStage stage)
    {
        long before = Stopwatch.GetTimestamp();
        stage.Network.UnplugOne();
        return Task.FromResult(before);
    }

    private static async Task<double> TakenOverAsync(VirtualPeer peer, double phase, Func<FailoverStage, Task<long>> fault, CancellationToken cancel)
    {
        await using FailoverStage stage = await FailoverStage.StartAsync(peer, preempts: true, phase, cancel);
        return await stage.TwoAnswersAsync(await fault(stage), cancel);
    }

    private static async Task StopAsync(VirtualPeer peer, double phase, Results results, CancellationToken cancel)
    {
        await using FailoverStage stage = await FailoverStage.StartAsync(peer, preempts: true, phase, cancel);
        long stopped = await stage.One.SignalAsync("TERM", toAll: false);
        results.Add(peer.Peer, Stopped, await stage.TwoAnswersAsync(stopped, cancel));
        await Task.Delay(AfterStopMs, cancel);
        await stage.Load.EndAsync();
        results.Add(peer.Peer, Failed, stage.Load.Failed);
        results.Add(peer.Peer, Slow, stage.Load.Answers.Count(answer => answer.Ms > SlowMs));
    }

    private static async Task<double> HealAsync(VirtualPeer peer, double phase, CancellationToken cancel)
    {
        await using FailoverStage stage = await FailoverStage.StartAsync(peer, preempts: true, phase, cancel);
        SharedSegment network = stage.Network;
        long split = Stopwatch.GetTimestamp();
        network.Split(true);
        await stage.Two.AwaitAsync(two => two.MasterAt(split), cancel);
        await stage.TwoAnswersAsync(split, cancel);
        await Task.Delay((int)(phase * peer.IntervalMs), cancel);

        long healed = Stopwatch.GetTimestamp();
        network.Split(false);
        long? right = null;
        while (right is not { } since || Stopwatch.GetElapsedTime(since).TotalMilliseconds < SteadyMs)
        {
            bool isRight = SharedSegment.Has(network.One) && !SharedSegment.Has(network.Two) && network.Neighbor() == SharedSegment.LinkOfOne;
            right = isRight ? right ?? Stopwatch.GetTimestamp() : null;
            if (Stopwatch.GetElapsedTime(healed).TotalMilliseconds > HealLimitMs)
            {
                return HealLimitMs;
            }

            await Task.Delay(SampleMs, cancel);
        }

        return Stopwatch.GetElapsedTime(healed, right.Value).TotalMilliseconds;
    }

    private static async Task PauseAsync(VirtualPeer peer, double phase, Results results, CancellationToken cancel)
    {
        await using FailoverStage stage = await FailoverStage.StartAsync(peer, preempts: false, phase, cancel);
        long stopped = await stage.One.SignalAsync("STOP", toAll: true);
        double both = await BothHaveAsync(stage.Network, PauseMs, cancel);
        long woken = await stage.One.SignalAsync("CONT", toAll: true);
        both += await BothHaveAsync(stage.Network, AfterPauseMs, cancel);

        results.Add(peer.Peer, BothHave, both);
        results.Add(peer.Peer, BothMaster, BothMasterMs(stage, stopped));
        results.Add(peer.Peer, WokenSent, stage.Witness.CountOf(SharedSegment.OfOne, woken));
    }

    private static async Task<double> BothHaveAsync(SharedSegment network, int forMs, CancellationToken cancel)
    {
        double both = 0;
        double last = 0;
        for (var watch = Stopwatch.StartNew(); last < forMs;)
        {
            bool isBoth = SharedSegment.Has(network.One) && SharedSegment.Has(network.Two);
            await Task.Delay(SampleMs, cancel);
            double now = watch.Elapsed.TotalMilliseconds;
            both += isBoth ? now - last : 0;
            last = now;
        }

        return both;
    }

    // A node that is stopped stays what it was: it cannot do otherwise.
    private static double BothMasterMs(FailoverStage stage, long stopped)
    {
        if (stage.Two.MasterAt(stopped) is not { } began)
        {
            return 0;
        }

        long now = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(began, Math.Min(stage.One.BackupAt(began) ?? now, stage.Two.BackupAt(began) ?? now)).TotalMilliseconds;
    }
}
