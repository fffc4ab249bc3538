using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Limits of several nodes together, in a real Redis.</summary>
public sealed class StoredLimitTests
{
    [Fact]
    public async Task Nodes_Together_AdmitTheRateOfOne()
    {
        const int Rate = 1_000;
        const int Burst = 500;
        await using PeerServer redis = await RedisAsync();
        using var config = new ConfigFile(Text(redis, $"{{ rate: {Rate}/s, burst: {Burst}, key: route, store: shared }}"));
        await using RunningAtlas one = await StartAsync(config);
        await using RunningAtlas other = await StartAsync(config);

        Flood flood = await Flood.RunAsync([one.Address, other.Address], connections: 4, TimeSpan.FromSeconds(5));

        // What is allowed after the last refusal is the little that the rate has brought since, and the last round of requests.
        double expected = Burst + (Rate * flood.Took.TotalSeconds);
        flood.Refused.ShouldBeGreaterThan(0);
        ((double)flood.Allowed).ShouldBeInRange(0.98 * expected, 1.02 * expected, $"{flood.Refused} refused in {flood.Took}");
    }

    [Fact]
    public async Task Nodes_AfterRedisHasGone_DoAsConfigured()
    {
        PeerServer redis = await RedisAsync();
        const string Limit = "rate_limit: { rate: 1/h, burst: 1, key: route, store: shared, on_store_failure: ";
        using var config = new ConfigFile(
            "listeners:\n  web:\n    bind: 127.0.0.1:0\n    access_log: { to: stdout, format: json }\n    routes:\n"
            + string.Concat(new[] { "local", "open", "closed" }.Select(word =>
                $"      - {{ name: {word}, match: {{ path: /{word} }}, respond: {{ body: ok }}, {Limit}{word} }} }}\n"))
            + Rest(redis));
        await using RunningAtlas atlas = await StartAsync(config);
        foreach (string path in (string[])["local", "open", "closed"])
        {
            (await StatusAsync(path)).ShouldBe("200");
            (await StatusAsync(path)).ShouldBe("429");
        }

        await redis.DisposeAsync();
        (await StatusAsync("local")).ShouldBe("200", "the node by itself knows nothing yet");
        (await StatusAsync("local")).ShouldBe("429");
        (await StatusAsync("open")).ShouldBe("200");
        (await StatusAsync("open")).ShouldBe("200");
        (await StatusAsync("closed")).ShouldBe("503");
        (await atlas.Program.OutputAsync("{", 10)).ShouldContain("\"flag\":\"SS\",\"end\":\"store_unavailable\"");
        string metrics = await Tool.RunAsync(
            "curl", "--silent", "--show-error", "--max-time", "30", $"http://{await atlas.Program.ErrorAsync("admin: http://")}/metrics");
        foreach ((string route, string result, string by, int count) in (ValueTuple<string, string, string, int>[])
        [
            ("local", "allowed", "store", 1), ("local", "refused", "store", 1), ("local", "allowed", "fallback", 1),
            ("local", "refused", "fallback", 1), ("open", "allowed", "none", 2), ("closed", "refused", "none", 1),
        ])
        {
            metrics.ShouldContain($"atlas_rate_limited_requests_total{{listener=\"web\",route=\"{route}\",result=\"{result}\",by=\"{by}\"}} {count}\n");
        }

        async Task<string> StatusAsync(string path) => (await Tool.RunAsync(
            "curl", "--silent", "--show-error", "--max-time", "30", "--output", "/dev/null", "--write-out", "%{http_code}", $"http://{atlas.Address}/{path}")).Trim();
    }

    private static Task<PeerServer> RedisAsync() => PeerServer.StartAsync(
        port => ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);

    private static async Task<RunningAtlas> StartAsync(ConfigFile config) => await RunningAtlas.StartAsync(config);

    private static string Text(PeerServer redis, string limit) =>
        "listeners: { web: { bind: 127.0.0.1:0, routes: [{ name: r, respond: { body: ok }, rate_limit: " + limit + " }] } }\n" + Rest(redis);

    // Long enough for a slow machine: it is the store that decides here.
    private static string Rest(PeerServer redis) =>
        "pools: {}\nadmin: { bind: 127.0.0.1:0 }\nstores: { shared: { type: redis, url: redis://" + redis.Address + ", timeout: 5s } }\n";
}
