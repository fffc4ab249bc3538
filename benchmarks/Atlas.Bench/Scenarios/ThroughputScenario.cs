using System.Net;
using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Requests as fast as they go: what one costs.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="exchange">The request and its response.</param>
/// <param name="connections">Clients.</param>
/// <param name="isTcp">Whether they go to the peers' TCP listener, which passes them on unread, instead of that for HTTP.</param>
internal sealed class ThroughputScenario(string name, string description, Exchange exchange, int connections, bool isTcp = false)
    : Scenario(name, description)
{
    // Where the peers' TCP listeners are, on the port of the other.
    private static readonly IPAddress TcpAddress = IPAddress.Parse("127.0.0.3");

    private const double MaxSeconds = 6;
    private const double FullBusy = 0.5;

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Figure.CpuPerRequest, Figure.PerSecond, Figure.Load]);
        var contestants = new List<Contestant>();
        try
        {
            foreach (Peer peer in session.Options.Peers.Where(peer => !isTcp || peer.ForwardsTcp))
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
        var clients = new ClientGroup(session.Loop, running.Port, exchange, connections, isTcp ? TcpAddress : null);
        (_, double busy) = await Warmth.AwaitAsync(session, running, clients);

        // Longer for a peer that is hardly busy: the kernel's hundredths of a second shall stay below 1 % of its time.
        double seconds = session.Options.RunSeconds;
        return new Contestant(running, clients, Math.Min(MaxSeconds, seconds * Math.Max(1, FullBusy / Math.Max(busy, 0.01))));
    }

    private static async Task MeasureAsync(Session session, Contestant contestant, Results results)
    {
        RunningPeer running = contestant.Running;
        double before = running.Tree.CpuSeconds();
        LoadResult load = await session.CheckedAsync(running, () => contestant.Clients.RunAsync(contestant.Seconds));
        double cpuSeconds = running.Tree.CpuSeconds() - before;
        results.Add(running.Peer, Figure.CpuPerRequest, cpuSeconds / load.Requests * 1e6);
        results.Add(running.Peer, Figure.PerSecond, load.PerSecond);
        results.Add(running.Peer, Figure.Load, cpuSeconds / load.Seconds * 100);
    }

    private sealed record Contestant(RunningPeer Running, ClientGroup Clients, double Seconds);
}
