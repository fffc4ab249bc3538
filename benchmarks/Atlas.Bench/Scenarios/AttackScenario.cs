using Atlas.Bench.Load;
using Atlas.Bench.Load.Attacks;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Attacks by HTTP/2: what one costs, whether it is cut, and what another client feels of it. Each begins with a fresh
/// peer.</summary>
internal sealed class AttackScenario(string name, string description) : Scenario(name, description)
{
    // Attacks one after the other while nobody else is served, for what they cost.
    private const int Alone = 10;
    private const int AloneHeld = 3;

    // The other client: small requests at a fixed rate, once in peace and once beside attacks, for so long each.
    private const int Connections = 8;
    private const double PerSecond = 1_000;
    private const double WatchSeconds = 1.5;
    private const int BetweenMs = 20;
    private const double WarmSeconds = 0.5;

    // What the origins are asked for after an attack has ended is awaited.
    private const int SettleMs = 200;

    private static readonly Figure Cpu = new("CPU ms/attack", 2, Better.Neither);
    private static readonly Figure Cut = new("cut %", 0, Better.Neither);
    private static readonly Figure CutMs = new("cut after ms", 1, Better.Neither);
    private static readonly Figure Sent = new("sent %", 0, Better.Neither);
    private static readonly Figure Memory = new("MiB over idle", 1, Better.Neither);
    private static readonly Figure Upstream = new("requests to servers/attack", 1, Better.Neither);
    private static readonly Figure Slower = new("p99 of another client / in peace", 2, Better.Neither);

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Cpu, Cut, CutMs, Sent, Memory, Upstream, Slower])
        {
            Note = " Others take no HTTP/2 in plain text beside HTTP/1.1, or are not set up for it.",
        };
        Peer[] peers = [.. session.Options.Peers.Where(peer => peer is { TakesHttp2InClear: true, Compiles: false })];
        foreach (Attack attack in AllAttacks.List)
        {
            for (int round = 0; round < session.Options.Rounds; round++)
            {
                foreach (Peer peer in Session.InRound(peers, round))
                {
                    await MeasureAsync(session, peer, attack, results);
                }
            }
        }

        return results;
    }

    private static async Task MeasureAsync(Session session, Peer peer, Attack attack, Results results)
    {
        await using RunningPeer running = await session.StartAsync(peer);
        await using var other = new ClientGroup(session.Loop, running.Port, Exchange.Small, Connections);
        await session.CheckedAsync(running, () => other.RunAsync(WarmSeconds));

        // A row of its own, which no ratio to others is made of.
        var row = new Peer($"{attack.Name}: {peer.Name}", peer.Version, peer.Command);
        await AloneAsync(session, running, attack, row, results);
        double calm = await P99Async(session, other);
        using var stop = new CancellationTokenSource();
        Task attacks = RepeatAsync(attack, running.Port, stop.Token);
        double disturbed = await P99Async(session, other);
        await stop.CancelAsync();
        await attacks;
        results.Add(row, Slower, disturbed / calm);
    }

    private static async Task AloneAsync(Session session, RunningPeer running, Attack attack, Peer row, Results results)
    {
        await Task.Delay(SettleMs, session.Cancel);
        running.Tree.ForgetPeak();
        long idle = running.Tree.ResidentBytes();
        long asked = session.Origin.Requests;
        double before = running.Tree.ScheduledSeconds();
        var ends = new List<AttackEnd>();
        int count = attack.HoldMs > SettleMs ? AloneHeld : Alone;
        for (int i = 0; i < count; i++)
        {
            session.Cancel.ThrowIfCancellationRequested();
            ends.Add(await Attacker.RunAsync(attack, running.Port));
        }

        await Task.Delay(SettleMs, session.Cancel);
        results.Add(row, Cpu, (running.Tree.ScheduledSeconds() - before) / count * 1e3);
        results.Add(row, Cut, ends.Count(end => end.IsCut) * 100.0 / count);
        results.Add(row, CutMs, ends.Average(end => end.Ms));
        results.Add(row, Sent, ends.Average(end => end.SentShare) * 100);
        results.Add(row, Memory, (running.Tree.PeakBytes() - idle) / 1048576.0);
        results.Add(row, Upstream, (session.Origin.Requests - asked) / (double)count);
    }

    private static async Task<double> P99Async(Session session, ClientGroup other)
    {
        LoadResult load = await other.RunAtRateAsync(PerSecond, (int)(PerSecond * WatchSeconds)).WaitAsync(session.Cancel);
        return Series.Quantile(load.LatenciesUs, 0.99);
    }

    private static async Task RepeatAsync(Attack attack, int port, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Attacker.RunAsync(attack, port);
            await Task.Delay(BetweenMs, CancellationToken.None);
        }
    }
}
