using System.Globalization;
using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Requests at one rate for all, half of what the slowest can do: how long they take.</summary>
internal sealed class LatencyScenario(string name, string description, Exchange exchange, int connections)
    : Scenario(name, description)
{
    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Figure.P50, Figure.P99, Figure.P999, Figure.CpuPerRequest]);
        var contestants = new List<(RunningPeer Running, ClientGroup Clients)>();
        double slowest = double.MaxValue;
        try
        {
            foreach (Peer peer in session.Options.Peers)
            {
                RunningPeer running = await session.LastingAsync(peer);
                var clients = new ClientGroup(session.Loop, running.Port, exchange, connections);
                contestants.Add((running, clients));
                (double perSecond, _) = await Warmth.AwaitAsync(session, running, clients);
                slowest = Math.Min(slowest, perSecond);
            }

            double rate = slowest / 2;
            results.Note = string.Create(CultureInfo.InvariantCulture, $" Rate: {rate:F0} requests per second.");
            for (int round = 0; round < session.Options.Rounds; round++)
            {
                foreach ((RunningPeer running, ClientGroup clients) in Session.InRound(contestants, round))
                {
                    await MeasureAsync(session, running, clients, rate, results);
                }
            }
        }
        finally
        {
            foreach ((_, ClientGroup clients) in contestants)
            {
                await clients.DisposeAsync();
            }
        }

        return results;
    }

    private static async Task MeasureAsync(
        Session session, RunningPeer running, ClientGroup clients, double rate, Results results)
    {
        int requests = (int)Math.Ceiling(rate * session.Options.RunSeconds);
        double before = running.Tree.CpuSeconds();
        LoadResult load = await session.CheckedAsync(running, () => clients.RunAtRateAsync(rate, requests));
        results.Add(running.Peer, Figure.CpuPerRequest, (running.Tree.CpuSeconds() - before) / requests * 1e6);
        results.Add(running.Peer, Figure.P50, Series.Quantile(load.LatenciesUs, 0.5));
        results.Add(running.Peer, Figure.P99, Series.Quantile(load.LatenciesUs, 0.99));
        results.Add(running.Peer, Figure.P999, Series.Quantile(load.LatenciesUs, 0.999));
    }
}
