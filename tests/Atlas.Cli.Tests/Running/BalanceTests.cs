using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class BalanceTests
{
    [Theory]
    [InlineData("round_robin")]
    [InlineData("weighted_round_robin")]
    public async Task Balance_Weights311_GivesExactlyThatShareOfRequests(string algorithm)
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        await using var c = new Backend("C");
        using var config = new ConfigFile(Text($"balance: {algorithm}", (a, "weight: 3"), (b, "weight: 1"), (c, "weight: 1")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        (await client.GetManyAsync(10)).ShouldBe("ABACAABACA");
    }

    [Theory]
    [InlineData("least_connections")]
    [InlineData("power_of_two")]
    [InlineData("random")]
    [InlineData("first")]
    public async Task Balance_AnyAlgorithm_ServesAndIsReported(string algorithm)
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = new ConfigFile(Text($"balance: {algorithm}", (a, "weight: 7"), (b, "weight: 0")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));

        (await client.GetManyAsync(4)).ShouldBe("AAAA");

        using JsonDocument status = JsonDocument.Parse(await admin.GetAsync("/api/v1/status"));
        JsonElement pool = status.RootElement.GetProperty("pools")[0];
        pool.GetProperty("balance").GetString().ShouldBe(algorithm);
        pool.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("weight").GetInt32()).ShouldBe([7, 0]);
    }

    [Fact]
    public async Task Balance_LeastConnections_LeavesOutTheBusyServer()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = new ConfigFile(Text("balance: least_connections", (a, "weight: 1"), (b, "weight: 1")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using HttpResponseMessage held = await client.BeginAsync("/stream");
        await a.Asked;

        (await client.GetManyAsync(5)).ShouldBe("BBBBB");
        a.Release();
    }

    [Fact]
    public async Task Backup_OnlyPrimaryFailsItsChecks_TakesOver()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = new ConfigFile(
            Text("health_check: { interval: 1500ms, timeout: 1400ms }", (a, "weight: 1"), (b, "backup: true")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        await atlas.Program.ErrorAsync("pool web server A: up after 1 passed check");
        await atlas.Program.ErrorAsync("pool web server B: up after 1 passed check");
        (await client.GetManyAsync(3)).ShouldBe("AAA");

        a.IsFailing = true;
        await atlas.Program.ErrorAsync("pool web server A: down after 3 failed checks");

        (await client.GetManyAsync(3)).ShouldBe("BBB");
    }

    [Fact]
    public async Task Reload_WeightChanged_TakesEffect()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = new ConfigFile(Text("balance: first", (a, "weight: 1"), (b, "weight: 1")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(2)).ShouldBe("AA");

        config.Write(Text("balance: first", (a, "weight: 0"), (b, "weight: 1")));
        await atlas.ReloadAsync();

        (await client.GetManyAsync(2)).ShouldBe("BB");
    }

    [Fact]
    public async Task SlowStart_ServerJoins_BeginsWithATenthOfItsShare()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = new ConfigFile(Text("slow_start: 1h", (a, "weight: 1")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        config.Write(Text("slow_start: 1h", (a, "weight: 1"), (b, "weight: 1")));
        await atlas.ReloadAsync();

        (await client.GetManyAsync(22)).Count(server => server == 'B').ShouldBe(2);
    }

    [Fact]
    public async Task SlowStart_TimePasses_GrowsToItsWholeShare()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = new ConfigFile(Text("slow_start: 1s", (a, "weight: 1")));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        config.Write(Text("slow_start: 1s", (a, "weight: 1"), (b, "weight: 1")));
        await atlas.ReloadAsync();

        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (await client.GetManyAsync(10) is not ("ABABABABAB" or "BABABABABA"))
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static string Text(string keys, params (Backend Server, string Keys)[] servers) =>
        $$"""
        listeners:
          web: { bind: 127.0.0.1:0, routes: [{ pool: web }] }
        pools:
          web:
            {{keys}}
            servers: [{{string.Join(", ", servers.Select(s => $"{{ name: {s.Server.Name}, address: {s.Server.Address}, {s.Keys} }}"))}}]
        admin: { bind: 127.0.0.1:0 }
        """;
}
