using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class AdminTests
{
    [Fact]
    public async Task Ready_WhileDraining_IsNot()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { ready_delay: 1h } }", "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await AdminAsync(atlas));
        (await admin.StatusAsync("/readyz")).ShouldBe(200);

        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("not ready: ");

        (await admin.StatusAsync("/readyz")).ShouldBe(503);
        (await admin.StatusAsync("/healthz")).ShouldBe(200);
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Status_OfARunningAtlas_NamesWhatRuns()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await AdminAsync(atlas));

        using JsonDocument status = JsonDocument.Parse(await admin.GetAsync("/api/v1/status"));

        JsonElement listener = status.RootElement.GetProperty("listeners")[0];
        listener.GetProperty("name").GetString().ShouldBe("web");
        listener.GetProperty("addresses")[0].GetString().ShouldBe(atlas.Address);
        JsonElement reported = status.RootElement.GetProperty("pools")[0].GetProperty("servers")[0];
        reported.GetProperty("name").GetString().ShouldBe("A");
        reported.GetProperty("address").GetString().ShouldBe(server.Address);
    }

    [Fact]
    public async Task Metrics_AfterAReload_CountIt()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await AdminAsync(atlas));
        (await admin.GetAsync("/metrics")).ShouldContain("\natlas_config_reloads_total 0\n");

        await atlas.ReloadAsync();

        string metrics = await admin.GetAsync("/metrics");
        metrics.ShouldContain("\natlas_config_reloads_total 1\n");
        metrics.ShouldContain("\natlas_listener_connections_max{listener=\"web\"} 10000\n");
    }

    [Fact]
    public async Task AccessLog_OnStandardOutput_HasALineForARequest()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        config.Write(ConfigFile.Text([server]).Replace(
            "routes:", "access_log: { to: stdout, format: json }, routes:", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        await client.GetAsync("/some/path");

        string line = "{" + await atlas.Program.OutputAsync("{");

        using JsonDocument record = JsonDocument.Parse(line);
        line.ShouldContain("/some/path");
        line.ShouldContain("web");
    }

    [Fact]
    public async Task Token_InAFileBesideTheConfiguration_IsAskedFor()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        config.Write(ConfigFile.Text([server], admin: "127.0.0.1:0, token: { file: admin.token }"));
        await File.WriteAllTextAsync(config.Sibling("admin.token"), "sesame\n");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string address = await AdminAsync(atlas);
        using var admin = new Client(address);
        (await admin.StatusAsync("/metrics")).ShouldBe(401);

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sesame");
        using HttpResponseMessage response = await http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Token_FileMissing_SaysSoAndExits1()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0, token: { file: absent.token }");
        await using var program = RunningProgram.Atlas("run", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldContain(config.Sibling("absent.token"));
    }

    [Fact]
    public async Task AccessLog_FileRotated_IsOpenedAnew()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        config.Write(ConfigFile.Text([server]).Replace(
            "routes:", "access_log: { to: access.log }, routes:", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string path = config.Sibling("access.log");
        File.Exists(path).ShouldBeTrue();
        File.Move(path, path + ".1");
        using var created = new FileSystemWatcher(Path.GetDirectoryName(path)!, "access.log");
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        created.Created += (_, _) => seen.TrySetResult();
        created.EnableRaisingEvents = true;

        await atlas.ReloadAsync();

        await seen.Task.WaitAsync(RunningProgram.Limit);
    }

    private static Task<string> AdminAsync(RunningAtlas atlas) => atlas.Program.ErrorAsync("admin: http://");
}
