using System.Globalization;
using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>What a session costs that lies outside the servers: in memory, and in Redis, which is on the clients' core. As fast as it goes
/// for the processor time, and at one rate for all for the latency.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="writes">Whether servers write the session with each response.</param>
internal sealed class SessionScenario(string name, string description, bool writes) : Scenario(name, description)
{
    private const int Connections = 64;

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Figure.CpuPerRequest, Figure.PerSecond, Figure.P50, Figure.P99]);
        await using var redis = new RedisServer(FreePort.Find());
        await redis.StartAsync(session.Cancel);
        var contestants = new List<(RunningPeer Running, ClientGroup Clients)>();
        try
        {
            double slowest = double.MaxValue;
            foreach (Peer peer in AllPeers.WithSessions(redis.Port))
            {
                RunningPeer running = await RunningPeer.StartAsync(peer, session.Origins, session.Cancel);
                string cookie = await CookieAsync(running, session.Cancel);
                contestants.Add((running, new ClientGroup(session.Loop, running.Port, Exchange.OfSession(cookie, writes), Connections)));
                slowest = Math.Min(slowest, (await Warmth.AwaitAsync(session, running, contestants[^1].Clients)).PerSecond);
            }

            results.Note = string.Create(CultureInfo.InvariantCulture, $" Rate for the latencies: {slowest / 2:F0} requests per second.");
            for (int round = 0; round < session.Options.Rounds; round++)
            {
                foreach ((RunningPeer running, ClientGroup clients) in Session.InRound(contestants, round))
                {
                    await MeasureAsync(session, running, clients, slowest / 2, results);
                }
            }
        }
        finally
        {
            foreach ((RunningPeer running, ClientGroup clients) in contestants)
            {
                await clients.DisposeAsync();
                await running.DisposeAsync();
            }
        }

        return results;
    }

    private static async Task MeasureAsync(Session session, RunningPeer running, ClientGroup clients, double rate, Results results)
    {
        double before = running.Tree.CpuSeconds();
        LoadResult load = await session.CheckedAsync(running, () => clients.RunAsync(session.Options.RunSeconds));
        results.Add(running.Peer, Figure.CpuPerRequest, (running.Tree.CpuSeconds() - before) / load.Requests * 1e6);
        results.Add(running.Peer, Figure.PerSecond, load.PerSecond);
        int requests = (int)Math.Ceiling(rate * session.Options.RunSeconds);
        load = await session.CheckedAsync(running, () => clients.RunAtRateAsync(rate, requests));
        results.Add(running.Peer, Figure.P50, Series.Quantile(load.LatenciesUs, 0.5));
        results.Add(running.Peer, Figure.P99, Series.Quantile(load.LatenciesUs, 0.99));
    }

    /// <summary>Has a session begin; without sessions the request is the same, and its cookie means nothing.</summary>
    private static async Task<string> CookieAsync(RunningPeer running, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using HttpResponseMessage response = await http.GetAsync($"http://127.0.0.1:{running.Port}/write", cancel);
        return response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies)
            ? cookies.Single().Split(';')[0]
            : "session=AAAAAAAAAAAAAAAAAAAAAA";
    }
}
