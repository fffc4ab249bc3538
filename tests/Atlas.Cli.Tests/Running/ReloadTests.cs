using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class ReloadTests
{
    [Fact]
    public async Task Reload_PoolChanged_RunningResponsesGoOnAndNewRequestsFollow()
    {
        await using var old = new Backend("A");
        await using var next = new Backend("B");
        using var config = ConfigFile.Of([old]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using HttpResponseMessage response = await client.BeginAsync("/stream");
        await old.Asked;

        config.Write(ConfigFile.Text([next]));
        await atlas.ReloadAsync();

        (await client.GetManyAsync(3)).ShouldBe("BBB");
        old.Release();
        (await response.Content.ReadAsStringAsync()).Length.ShouldBe(Backend.StreamBytes);
    }

    [Fact]
    public async Task Reload_ServerReplaced_TheRotationGoesOn()
    {
        Backend[] servers = [.. Backend.Three(), new Backend("D")];
        using var config = ConfigFile.Of(servers[..3]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(4)).ShouldBe("ABCA");

        config.Write(ConfigFile.Text([servers[0], servers[1], servers[3]]));
        await atlas.ReloadAsync();

        (await client.GetManyAsync(4)).ShouldBe("BDAB");
    }

    [Theory]
    [InlineData("listeners: {", "not reloaded: nothing has changed")]
    [InlineData("listeners: { web: { bind: nowhere, pool: web } }", "not reloaded: nothing has changed")]
    public async Task Reload_WrongFile_SaysWhyAndChangesNothing(string text, string outcome)
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        (await client.GetAsync()).ShouldBe("A");

        config.Write(text);
        await atlas.ReloadAsync(outcome);

        atlas.Program.Errors.ShouldContain($"{config.Path}:1:");
        (await client.GetAsync()).ShouldBe("A");
    }

    [Fact]
    public async Task Reload_AddressInUse_SaysWhyAndChangesNothing()
    {
        await using var server = new Backend("A");
        await using var other = new Backend("B");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        config.Write(ConfigFile.Text([other]).Replace(
            "pools:", $$"""  more: { bind: "{{server.Address}}", pool: web }""" + "\npools:", StringComparison.Ordinal));
        await atlas.ReloadAsync("not reloaded: nothing has changed");

        atlas.Program.Errors.ShouldContain($"cannot listen on {server.Address}: ");
        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(2)).ShouldBe("AA");
    }

    [Fact]
    public async Task Reload_ListenerAddedAndRemoved_TheOthersConnectionsStay()
    {
        await using var server = new Backend("A");
        string one = ConfigFile.Text([server]);
        string two = one.Replace("pools:", "  extra: { bind: 127.0.0.1:0, pool: web }\npools:", StringComparison.Ordinal);
        using var config = new ConfigFile(one);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient idle = await DrainTests.ConnectAsync(atlas.Address);

        config.Write(two);
        await atlas.ReloadAsync();
        string extra = await atlas.Program.ErrorAsync("listener extra: http on ");
        using var client = new Client(extra);
        (await client.GetAsync()).ShouldBe("A");
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;

        config.Write(one);
        await atlas.ReloadAsync(before: 1);
        await DrainTests.RefusedAsync(extra);
        server.Release();
        using HttpResponseMessage response = await slow;
        response.Headers.ConnectionClose.ShouldBe(true);

        await idle.GetStream().WriteAsync("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(idle.GetStream());
        (await reader.ReadToEndAsync().WaitAsync(RunningProgram.Limit)).ShouldEndWith("\r\n\r\nA");
    }

    [Fact]
    public async Task Reload_ListenerRenamed_KeepsItsSocketAndCountsUnderItsNewName()
    {
        await using var server = new Backend("A");
        string text = ConfigFile.Text([server], admin: "127.0.0.1:0");
        using var config = new ConfigFile(text);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));

        config.Write(text.Replace("  web: { bind", "  front: { bind", StringComparison.Ordinal));
        await atlas.ReloadAsync();

        (await atlas.Program.ErrorAsync("listener front: http on ")).ShouldBe(atlas.Address);
        using (var client = new Client(atlas.Address))
        {
            (await client.GetAsync()).ShouldBe("A");
        }

        string metrics = await admin.GetAsync("/metrics");
        metrics.ShouldContain("listener=\"front\"");
        metrics.ShouldNotContain("listener=\"web\"");
    }

    [Fact]
    public async Task Reload_WorkersChanged_SaysThatTheyStay()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { workers: 1 }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        config.Write(ConfigFile.Text([server], "runtime: { workers: 2 }"));
        await atlas.ReloadAsync();

        atlas.Program.Errors.ShouldContain("runtime.workers: 2 takes effect at the next start; until then it stays 1");
    }

    [Fact]
    public async Task Watch_FileChanged_Reloads()
    {
        await using var old = new Backend("A");
        await using var next = new Backend("B");
        using var config = ConfigFile.Of([old]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config, "--watch");
        using var client = new Client(atlas.Address);
        (await client.GetAsync()).ShouldBe("A");

        config.Write(ConfigFile.Text([next]));
        await atlas.Program.ErrorAsync("reloaded");

        (await client.GetAsync()).ShouldBe("B");
    }
}
