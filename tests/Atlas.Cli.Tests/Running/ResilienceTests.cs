using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Servers that die, hang or fail while clients ask without a pause.</summary>
public sealed class ResilienceTests
{
    private const int Lanes = 8;

    [Fact]
    public async Task Kill_OfAllServersButOne_FailsNoGet()
    {
        RunningProgram[] servers = Start(4);
        try
        {
            using var config = new ConfigFile(await ConfigOf(servers));
            await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
            await using var load = new Load(atlas.Address, Lanes);
            await load.AnsweredAsync(400);
            foreach (RunningProgram server in servers[1..])
            {
                await server.SignalAsync("KILL");
            }

            await load.AnsweredAsync(2_000);
            await load.EndAsync();
            load.Failures.ShouldBeEmpty();
        }
        finally
        {
            await EndAsync(servers);
        }
    }

    [Fact]
    public async Task Stop_OfAServer_CostsOnlyTheRequestsThatWaitForIt()
    {
        RunningProgram[] servers = Start(3);
        try
        {
            using var config = new ConfigFile(await ConfigOf(
                servers, "timeouts: { connect: 500ms, response: 1s }\n    health_check: { path: /, interval: 300ms, timeout: 250ms, fall: 2, rise: 2 }"));
            await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
            await using var load = new Load(atlas.Address, Lanes);
            await load.AnsweredAsync(200);
            await atlas.Program.ErrorAsync("pool web server 127.0.0.1:" + await PortOf(servers[1]) + ": up");
            await servers[1].SignalAsync("STOP");
            await atlas.Program.ErrorAsync("pool web server 127.0.0.1:" + await PortOf(servers[1]) + ": down");

            // Those that were there before it was found have at most their timeout left.
            await Task.WhenAll(load.AnsweredAsync(load.Answered + 200), Task.Delay(TimeSpan.FromSeconds(1.5)));
            int before = load.Failures.Count;
            before.ShouldBeLessThanOrEqualTo(3 * Lanes);
            load.Failures.ShouldAllBe(status => status == 504);
            await load.AnsweredAsync(load.Answered + 1_000);
            load.Failures.Count.ShouldBe(before, "nothing goes there any more");

            await servers[1].SignalAsync("CONT");
            await atlas.Program.ErrorAsync("pool web server 127.0.0.1:" + await PortOf(servers[1]) + ": up", 1);
            await load.AnsweredAsync(load.Answered + 500);
            await load.EndAsync();
            load.Failures.Count.ShouldBe(before);
        }
        finally
        {
            await EndAsync(servers);
        }
    }

    [Fact]
    public async Task HealthCheckHangs_ServerLeavesAndComesBack_FailsNoRequest()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B");
        using var config = new ConfigFile(Text(
            [good.Address, bad.Address], "health_check: { interval: 1s, timeout: 900ms, fall: 2, rise: 2 }"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await using var load = new Load(atlas.Address, Lanes);
        await load.AnsweredAsync(200);
        await atlas.Program.ErrorAsync($"pool web server {bad.Address}: up");
        bad.IsHanging = true;
        await atlas.Program.ErrorAsync($"pool web server {bad.Address}: down");
        await load.AnsweredAsync(load.Answered + 200);
        bad.IsHanging = false;
        await atlas.Program.ErrorAsync($"pool web server {bad.Address}: up", 1);
        await load.AnsweredAsync(load.Answered + 200);
        await load.EndAsync();
        load.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Servers_AreFull_RequestsWaitAndAllAreAnswered()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web }
            pools:
              web:
                servers: [{ address: {{server.Address}}, max_connections: 1 }]
                queue: { limit: 1000, timeout: 30s }
            admin: { bind: 127.0.0.1:0 }
            """);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));
        await using var load = new Load(atlas.Address, Lanes);
        await load.AnsweredAsync(1_000);
        await load.EndAsync();
        load.Failures.ShouldBeEmpty();
        string metrics = await admin.GetAsync("/metrics");
        metrics.ShouldContain("atlas_pool_queue_length{pool=\"web\"} 0");
        metrics.ShouldNotContain("atlas_pool_queued_total{pool=\"web\"} 0");
        metrics.ShouldContain("atlas_pool_queue_timeouts_total{pool=\"web\"} 0");
    }

    [Fact]
    public async Task Server_FailsRequestsOfSeveralClients_IsEjectedAndSaidToBe()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { FailsRequests = true };
        using var config = new ConfigFile(Text([good.Address, bad.Address], "", "trusted_proxies: [127.0.0.1/32]"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await using var load = new Load(atlas.Address, Lanes, lane => $"192.0.2.{lane}");
        await atlas.Program.ErrorAsync($"pool web server {bad.Address}: ejected for ");
        int before = load.Failures.Count;
        await load.AnsweredAsync(load.Answered + 500);
        await load.EndAsync();
        (load.Failures.Count - before).ShouldBeLessThanOrEqualTo(Lanes, "what was under way");
    }

    private static RunningProgram[] Start(int count) =>
        [.. Enumerable.Range(0, count).Select(i => RunningProgram.Atlas("server", "--bind", "127.0.0.1:0", "--name", $"S{i}"))];

    private static async Task<string> ConfigOf(RunningProgram[] servers, string more = "")
    {
        string[] addresses = await Task.WhenAll(servers.Select(async server => "127.0.0.1:" + await PortOf(server)));
        return Text(addresses, more);
    }

    private static string Text(string[] servers, string pool, string listener = "") =>
        $$"""
        listeners:
          web:
            bind: 127.0.0.1:0
            pool: web
            {{listener}}
        pools:
          web:
            servers: [{{string.Join(", ", servers)}}]
            {{pool}}
        admin: { bind: 127.0.0.1:0 }
        """;

    private static async Task<string> PortOf(RunningProgram server)
    {
        string line = await server.ErrorAsync("");
        return line[(line.LastIndexOf(':') + 1)..];
    }

    private static async Task EndAsync(RunningProgram[] servers)
    {
        foreach (RunningProgram server in servers)
        {
            await server.DisposeAsync();
        }
    }
}
