using System.Diagnostics;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class StoreTests
{
    [Fact]
    public async Task Store_RedisEndsAndIsStartedAgain_IsToldAndShown()
    {
        PeerServer redis = await PeerServer.StartAsync(Words);
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], $"stores: {{ shared: {{ type: redis, url: \"redis://{redis.Address}/1\" }} }}", "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new HttpClient { BaseAddress = new Uri(await atlas.Program.ErrorAsync("admin: ")) };
        JsonElement store = await UntilAsync(client, "up");
        store.GetProperty("type").GetString().ShouldBe("redis");
        store.GetProperty("servers")[0].GetString().ShouldBe(redis.Address);
        store.TryGetProperty("reason", out _).ShouldBeFalse();

        await redis.DisposeAsync();
        await atlas.Program.ErrorAsync($"store shared is down: {redis.Address} refuses connections");
        (await UntilAsync(client, "down")).GetProperty("reason").GetString().ShouldBe($"{redis.Address} refuses connections");
        (await client.GetStringAsync("/metrics")).ShouldContain("atlas_store_state{store=\"shared\",state=\"down\"} 1\n");
        using (var visitor = new Client(atlas.Address))
        {
            (await visitor.StatusAsync("/")).ShouldBe(200);
        }

        await using RunningProgram again = RunningProgram.Start(new ProcessStartInfo("redis-server"), Words(redis.Port)[1..]);
        await atlas.Program.ErrorAsync("store shared is up");
        await UntilAsync(client, "up");

        config.Write(ConfigFile.Text([server], admin: "127.0.0.1:0"));
        await atlas.ReloadAsync();
        (await client.GetStringAsync("/metrics")).ShouldNotContain("atlas_store_");
        (await client.GetStringAsync("/api/v1/status")).ShouldNotContain("\"stores\"");
    }

    [Fact]
    public async Task Store_PasswordOfItsFile_IsUsedAndItsAbsenceIsTold()
    {
        await using PeerServer redis = await PeerServer.StartAsync(port => [.. Words(port), "--requirepass", "secret"]);
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], $"stores: {{ shared: {{ type: redis, url: \"redis://{redis.Address}\" }} }}", "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await atlas.Program.ErrorAsync($"store shared is down: {redis.Address} wants a password and gets none: add 'password' to the store");

        string password = Path.Combine(Path.GetDirectoryName(config.Path)!, "password");
        string text = ConfigFile.Text(
            [server], $"stores: {{ shared: {{ type: redis, url: \"redis://{redis.Address}\", password: {{ file: password }} }} }}", "127.0.0.1:0");
        config.Write(text);
        await atlas.ReloadAsync("not reloaded");
        atlas.Program.Errors.ShouldContain("stores.shared.password: ");
        await File.WriteAllTextAsync(password, "secret\n");
        await atlas.ReloadAsync();
        await atlas.Program.ErrorAsync("store shared is up");
    }

    [Fact]
    public async Task Store_OverTls_ChecksTheCertificate()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        new SiteCertificate().Write(config);
        string cert = config.Sibling("site.pem");
        await using PeerServer redis = await PeerServer.StartAsync(port =>
        [
            .. Words("0"), "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", config.Sibling("site.key"),
            "--tls-ca-cert-file", cert, "--tls-auth-clients", "no",
        ]);
        config.Write(Text("site.example"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new HttpClient { BaseAddress = new Uri(await atlas.Program.ErrorAsync("admin: ")) };
        await UntilAsync(client, "up");

        config.Write(Text("other.example"));
        await atlas.ReloadAsync();
        string line = await atlas.Program.ErrorAsync($"store shared is down: {redis.Address}: ");
        line.ShouldContain("other.example");

        string Text(string name) => ConfigFile.Text(
            [server],
            $"stores: {{ shared: {{ type: redis, url: \"rediss://{redis.Address}\", tls: {{ ca: site.pem, server_name: {name} }} }} }}",
            "127.0.0.1:0");
    }

    private static string[] Words(string port) => ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];

    private static async Task<JsonElement> UntilAsync(HttpClient client, string state)
    {
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (true)
        {
            JsonElement status = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("/api/v1/status", limit.Token));
            JsonElement store = status.GetProperty("stores")[0];
            if (store.GetProperty("state").GetString() == state)
            {
                return store;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
