using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class HealthTests
{
    // Time enough for the first probe of a program that has just started, on a machine with other work.
    private const string Check = "health_check: { interval: 1500ms, timeout: 1400ms }";

    // Its first probe is due anywhere in a day: not while a test runs.
    private const string DistantCheck = "health_check: { interval: 24h }";

    /// <summary>The order of the lines, and that an operator's word is followed by a probe though the next one is minutes away.</summary>
    [Fact]
    public async Task Ready_OfAServerThatIsDown_HasItProbedAtOnce()
    {
        await using var server = new Backend("A") { IsFailing = true };
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        config.Write(ConfigFile.Text([server], admin: "127.0.0.1:0").Replace(
            "    servers:", "    health_check: { path: /health, interval: 10m, rise: 1 }\n    servers:", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        await OrderAsync(atlas);
        await atlas.Program.ErrorAsync("pool web server A: down after 1 failed check");
        await atlas.Program.ErrorAsync("pool web: panic, health is ignored");
        string[] lines = [.. atlas.Program.Errors.Split('\n').Where(line => line.StartsWith("pool web", StringComparison.Ordinal))];
        lines[0].ShouldStartWith("pool web server A: down");
        lines[1].ShouldStartWith("pool web: panic");

        server.IsFailing = false;
        await OrderAsync(atlas);
        await atlas.Program.ErrorAsync("pool web server A: up after 1 passed check");
    }

    [Fact]
    public async Task Server_ThatFailsItsChecks_LeavesTheRotationAndComesBack()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B");
        using var config = new ConfigFile(Text([good, bad], Check));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));
        await atlas.Program.ErrorAsync("pool web server A: up after 1 passed check: http 200");
        await atlas.Program.ErrorAsync("pool web server B: up after 1 passed check: http 200");
        (await admin.StatusAsync("/readyz")).ShouldBe(200);
        (await client.GetManyAsync(4)).ShouldBe("ABAB");

        bad.IsFailing = true;
        await atlas.Program.ErrorAsync("pool web server B: down after 3 failed checks: http 503, expected 200-399");

        (await client.GetManyAsync(4)).ShouldBe("AAAA");
        string metrics = await admin.GetAsync("/metrics");
        metrics.ShouldContain("\natlas_server_up{pool=\"web\",server=\"A\"} 1\n");
        metrics.ShouldContain("\natlas_server_up{pool=\"web\",server=\"B\"} 0\n");
        metrics.ShouldContain("\natlas_health_checks_total{pool=\"web\",server=\"B\",result=\"failed\"} ");
        JsonElement server = await ServerAsync(admin, 1);
        server.GetProperty("operational_state").GetString().ShouldBe("down");
        server.GetProperty("last_probe").GetString()!.ShouldMatch(@"\A\S+Z failed in \S+ ms: http 503, expected 200-399\z");

        bad.IsFailing = false;
        await atlas.Program.ErrorAsync("pool web server B: up after 2 passed checks: http 200");

        string answers = await client.GetManyAsync(4);
        answers.Count(server => server == 'B').ShouldBe(2);
    }

    [Fact]
    public async Task Reload_OtherServerAdded_KeepsWhatIsDownOut()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { IsFailing = true };
        await using var more = new Backend("C");
        using var config = new ConfigFile(Text([good, bad], Check));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await atlas.Program.ErrorAsync("pool web server B: down after 1 failed check");

        config.Write(Text([good, bad, more], Check));
        await atlas.ReloadAsync();
        await atlas.Program.ErrorAsync("pool web server C: up after 1 passed check");

        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(6)).ShouldNotContain("B");
    }

    [Fact]
    public async Task Reload_CheckTakenAway_BringsItsServersBack()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { IsFailing = true };
        using var config = new ConfigFile(Text([good, bad], Check));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await atlas.Program.ErrorAsync("pool web server B: down after 1 failed check");

        config.Write(Text([good, bad], ""));
        await atlas.ReloadAsync();

        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(4)).Count(server => server == 'B').ShouldBe(2);
    }

    [Fact]
    public async Task Ready_BeforeTheFirstProbes_IsNotAndSaysWhy()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text([server], DistantCheck));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));

        (await admin.StatusAsync("/readyz")).ShouldBe(503);
        (await ServerAsync(admin, 0)).GetProperty("operational_state").GetString().ShouldBe("unknown");
        using var client = new Client(atlas.Address);
        (await client.GetAsync()).ShouldBe("A");

        // What is not checked any more is not waited for.
        config.Write(Text([server], ""));
        await atlas.ReloadAsync();
        (await admin.StatusAsync("/readyz")).ShouldBe(200);
    }

    private static string Text(IEnumerable<Backend> servers, string check) =>
        ConfigFile.Text(servers, admin: "127.0.0.1:0")
            .Replace("    servers:", $"    {check}\n    servers:", StringComparison.Ordinal);

    private static async Task<JsonElement> ServerAsync(Client admin, int index)
    {
        using JsonDocument status = JsonDocument.Parse(await admin.GetAsync("/api/v1/status"));
        return status.RootElement.GetProperty("pools")[0].GetProperty("servers")[index].Clone();
    }

    private static async Task OrderAsync(RunningAtlas atlas)
    {
        await using var program = RunningProgram.Atlas(
            "ready", "web/A", "--admin", await atlas.Program.ErrorAsync("admin: http://"));
        (await program.EndAsync()).ShouldBe(0, program.Errors);
    }
}
