using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
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
    private const int StartMs = 10_000;

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Figure.CpuPerRequest, Figure.PerSecond, Figure.P50, Figure.P99]);
        int redisPort = FreePort.Find();
        using Process redis = Process.Start(new ProcessStartInfo("redis-server")
        {
            ArgumentList = { "--port", $"{redisPort}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no" },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var contestants = new List<(RunningPeer Running, ClientGroup Clients)>();
        try
        {
            await AwaitAsync(redisPort, session.Cancel);
            double slowest = double.MaxValue;
            foreach (Peer peer in AllPeers.WithSessions(redisPort))
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

            redis.Kill();
            await redis.WaitForExitAsync();
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

    private static async Task AwaitAsync(int port, CancellationToken cancel)
    {
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < StartMs;)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync("127.0.0.1", port, cancel);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, cancel);
            }
        }

        throw new BenchException("redis-server did not start");
    }
}
