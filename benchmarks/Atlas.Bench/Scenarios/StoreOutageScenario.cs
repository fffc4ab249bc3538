using System.Diagnostics;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>What clients notice while a store of Redis stands still, is gone, and comes back: requests that need no session lose nothing, and
/// those that the store is asked for take its timeout longer at most.</summary>
internal sealed class StoreOutageScenario(string name, string description) : Scenario(name, description)
{
    private const double PhaseSeconds = 3;
    private const int LaneMs = 10;
    private const int RecoveryMs = 10_000;

    private static readonly string[] Paths = ["/plain", "/sticky", "/limited"];
    private static readonly Figure[] P99 = [new("p99 ms plain", 1, Better.Lower), new("p99 ms sticky", 1, Better.Lower), new("p99 ms limited", 1, Better.Lower)];
    private static readonly Figure Lost = new("lost", 0, Better.Lower);
    private static readonly Figure Sessions = new("sessions 503 %", 0, Better.Neither);
    private static readonly Figure Recovery = new("sessions back after ms", 0, Better.Lower);

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [.. P99, Lost, Sessions, Recovery]) { Note = " The store's timeout is 5 ms. Clients and Redis share a core." };
        await using var redis = new RedisServer(FreePort.Find());
        await redis.StartAsync(session.Cancel);
        Peer atlas = AllPeers.WithStore(redis.Port);
        await using RunningPeer running = await RunningPeer.StartAsync(atlas, session.Origins, session.Cancel);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{running.Port}") };
        string cookie = await BeginAsync(http, session.Cancel);
        await PhaseAsync(http, cookie, "warm", new Results("", "", []), session.Cancel);
        results.Add(await PhaseAsync(http, cookie, "quiet", results, session.Cancel), Recovery, 0);

        await redis.SignalAsync("STOP");
        Peer stopped = await PhaseAsync(http, cookie, "stopped", results, session.Cancel);
        await redis.SignalAsync("CONT");
        results.Add(stopped, Recovery, await RecoverAsync(http, cookie, session.Cancel));

        Task slow = redis.SleepAsync(PhaseSeconds);
        Peer busy = await PhaseAsync(http, cookie, "one slow command", results, session.Cancel);
        await slow;
        results.Add(busy, Recovery, await RecoverAsync(http, cookie, session.Cancel));

        await redis.KillAsync();
        Peer killed = await PhaseAsync(http, cookie, "killed", results, session.Cancel);
        await redis.StartAsync(session.Cancel);
        results.Add(killed, Recovery, await RecoverAsync(http, cookie, session.Cancel));
        results.Add(await PhaseAsync(http, cookie, "back", results, session.Cancel), Recovery, 0);
        return results;
    }

    private static async Task<string> BeginAsync(HttpClient http, CancellationToken cancel)
    {
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < RecoveryMs;)
        {
            using HttpResponseMessage response = await http.GetAsync("/write", cancel);
            if (response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies))
            {
                return cookies.Single().Split(';')[0];
            }

            await Task.Delay(LaneMs, cancel);
        }

        throw new BenchException("no session began");
    }

    private static async Task<Peer> PhaseAsync(HttpClient http, string cookie, string name, Results results, CancellationToken cancel)
    {
        var phase = new Peer(name, () => "", _ => []) { IsAtlas = true };
        (double[] Ms, int Lost)[] seen = await Task.WhenAll(
            [.. Paths.Select(path => LaneAsync(http, path, cookie: null, cancel)), LaneAsync(http, "/session", cookie, cancel)]);
        for (int i = 0; i < Paths.Length; i++)
        {
            results.Add(phase, P99[i], Series.Quantile(seen[i].Ms, 0.99));
        }

        results.Add(phase, Lost, seen[..Paths.Length].Sum(lane => lane.Lost));
        results.Add(phase, Sessions, 100.0 * seen[^1].Lost / seen[^1].Ms.Length);
        return phase;
    }

    private static async Task<(double[] Ms, int Lost)> LaneAsync(HttpClient http, string path, string? cookie, CancellationToken cancel)
    {
        var times = new List<double>();
        string? sticky = null;
        int lost = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < PhaseSeconds;)
        {
            long began = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if ((cookie ?? sticky) is { } value)
            {
                request.Headers.Add("Cookie", value);
            }

            using HttpResponseMessage response = await http.SendAsync(request, cancel);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            lost += response.IsSuccessStatusCode ? 0 : 1;
            sticky = response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set) ? set.First().Split(';')[0] : sticky;
            await Task.Delay(LaneMs, cancel);
        }

        return ([.. times], lost);
    }

    private static async Task<double> RecoverAsync(HttpClient http, string cookie, CancellationToken cancel)
    {
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < RecoveryMs;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/session");
            request.Headers.Add("Cookie", cookie);
            using HttpResponseMessage response = await http.SendAsync(request, cancel);
            if (response.IsSuccessStatusCode)
            {
                return watch.Elapsed.TotalMilliseconds;
            }

            await Task.Delay(1, cancel);
        }

        throw new BenchException("sessions did not come back");
    }
}
