using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Requests as fast as they go: what one costs.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="front">The listener that they go to.</param>
/// <param name="clients">Makes the clients of a peer.</param>
internal sealed class ThroughputScenario(
    string name, string description, Front front, Func<Session, RunningPeer, ILoad> clients) : Scenario(name, description)
{
    private const double MaxSeconds = 6;
    private const double FullBusy = 0.5;

    /// <summary>Clients of HTTP/1.1, each on one connection.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="exchange">The request and its response.</param>
    /// <param name="connections">Clients.</param>
    /// <param name="front">The listener that they go to; null: that for HTTP.</param>
    /// <param name="tls">Makes the TLS of a client; null: plain text.</param>
    internal ThroughputScenario(
        string name, string description, Exchange exchange, int connections, Front? front = null, Func<ClientTls>? tls = null)
        : this(
            name,
            description,
            front ?? Front.Http,
            (session, running) => new ClientGroup(session.Loop, running.Port, exchange, connections, (front ?? Front.Http).Ip, tls))
    {
    }

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Figure.CpuPerRequest, Figure.PerSecond, Figure.Load]) { Note = front.Note };
        var contestants = new List<Contestant>();
        try
        {
            foreach (Peer peer in session.Options.Peers.Where(front.HasIt))
            {
                contestants.Add(await PrepareAsync(session, peer));
            }

            for (int round = 0; round < session.Options.Rounds; round++)
            {
                foreach (Contestant contestant in Session.InRound(contestants, round))
                {
                    await MeasureAsync(session, contestant, results);
                }
            }
        }
        finally
        {
            foreach (Contestant contestant in contestants)
            {
                await contestant.Clients.DisposeAsync();
            }
        }

        return results;
    }

    private async Task<Contestant> PrepareAsync(Session session, Peer peer)
    {
        RunningPeer running = await session.LastingAsync(peer);
        ILoad load = clients(session, running);
        (_, double busy) = await Warmth.AwaitAsync(session, running, load, front);

        // Longer for a peer that is hardly busy: the kernel's hundredths of a second shall stay below 1 % of its time.
        double seconds = session.Options.RunSeconds;
        return new Contestant(running, load, Math.Min(MaxSeconds, seconds * Math.Max(1, FullBusy / Math.Max(busy, 0.01))));
    }

    private async Task MeasureAsync(Session session, Contestant contestant, Results results)
    {
        RunningPeer running = contestant.Running;
        double before = running.Tree.CpuSeconds();
        LoadResult load = await session.CheckedAsync(running, () => contestant.Clients.RunAsync(contestant.Seconds), front);
        double cpuSeconds = running.Tree.CpuSeconds() - before;
        results.Add(running.Peer, Figure.CpuPerRequest, cpuSeconds / load.Requests * 1e6);
        results.Add(running.Peer, Figure.PerSecond, load.PerSecond);
        results.Add(running.Peer, Figure.Load, cpuSeconds / load.Seconds * 100);
    }

    private sealed record Contestant(RunningPeer Running, ILoad Clients, double Seconds);
}
