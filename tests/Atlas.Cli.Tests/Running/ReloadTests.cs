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
    public async Task Reload_ListenerBecomesAnotherProtocol_KeepsItsAddressAndWhatIsUnderWay()
    {
        await using var server = new Backend("A");
        string http = ConfigFile.Text([server]);
        using var config = new ConfigFile(http);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using HttpResponseMessage response = await client.BeginAsync("/stream");
        await server.Asked;

        config.Write(http
            .Replace("routes: [{ pool: web }]", "protocol: tcp, pool: web", StringComparison.Ordinal)
            .Replace("127.0.0.1:0", atlas.Address, StringComparison.Ordinal));
        await atlas.ReloadAsync();
        await atlas.Program.ErrorAsync($"listener web: tcp on {atlas.Address}");
        using (var tcp = new Client(atlas.Address))
        {
            (await tcp.GetManyAsync(5)).ShouldBe("AAAAA");
        }

        server.Release();
        (await response.Content.ReadAsStringAsync()).Length.ShouldBe(Backend.StreamBytes);

        config.Write(http.Replace("127.0.0.1:0", atlas.Address, StringComparison.Ordinal));
        await atlas.ReloadAsync(before: 1);
        using var again = new Client(atlas.Address);
        (await again.GetManyAsync(5)).ShouldBe("AAAAA");
    }

    [Fact]
    public async Task Reload_ListenersChangeTheirAddresses_EachHasTheOthers()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        string text = ConfigFile.Text([a]).Replace("pools:", "  other: { bind: 127.0.0.1:0, pool: other }\npools:\n  other: { servers: [" + b.Address + "] }", StringComparison.Ordinal);
        using var config = new ConfigFile(text);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string other = await atlas.Program.ErrorAsync("listener other: http on ");

        int first = text.IndexOf("127.0.0.1:0", StringComparison.Ordinal);
        config.Write(text[..first] + other + text[(first + "127.0.0.1:0".Length)..].Replace("127.0.0.1:0", atlas.Address, StringComparison.Ordinal));
        await atlas.ReloadAsync();

        using var one = new Client(other);
        using var two = new Client(atlas.Address);
        (await one.GetManyAsync(3)).ShouldBe("AAA");
        (await two.GetManyAsync(3)).ShouldBe("BBB");
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
    public async Task Reload_ListenerRemovedWithItsPool_ItsConnectionsAreServedOnceMore()
    {
        await using var server = new Backend("A");
        await using var other = new Backend("B");
        string one = ConfigFile.Text([server], "runtime: { shutdown: { deadline: 24h, close_spread: 24h } }");
        using var config = new ConfigFile(one
            .Replace("pools:", "  extra: { bind: 127.0.0.1:0, pool: extra }\npools:", StringComparison.Ordinal)
            .Replace("admin:", $"  extra: {{ servers: [{other.Address}] }}\nadmin:", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string extra = await atlas.Program.ErrorAsync("listener extra: http on ");
        using TcpClient idle = await DrainTests.ConnectAsync(extra);

        // Accepted at the latest once a later connection is answered.
        using (var client = new Client(extra))
        {
            (await client.GetAsync()).ShouldBe("B");
        }

        config.Write(one);
        await atlas.ReloadAsync();
        await DrainTests.RefusedAsync(extra);

        await idle.GetStream().WriteAsync("GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(idle.GetStream());
        (await reader.ReadToEndAsync().WaitAsync(RunningProgram.Limit)).ShouldEndWith("\r\n\r\nB");
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
    public async Task Reload_AccessLogMoved_ClosesTheOldOneAfterTheLastRequestOfIt()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Logged(server, "old.log"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;

        for (int i = 0; i < 3; i++)
        {
            config.Write(Logged(server, $"{i}.log"));
            await atlas.ReloadAsync(before: i);
        }

        await OpenLogsAsync(atlas, config, "2.log", "old.log");
        server.Release();
        (await slow).Dispose();
        await OpenLogsAsync(atlas, config, "2.log");
        File.ReadAllLines(config.Sibling("old.log")).Length.ShouldBe(1);

        config.Write(Logged(server, "old.log"));
        await atlas.ReloadAsync(before: 3);
        (await client.GetAsync()).ShouldBe("A");
        await OpenLogsAsync(atlas, config, "old.log");
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
        File.ReadAllLines(config.Sibling("old.log")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Reload_Refused_LeavesNoLogOpenAndNoSeries()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));

        config.Write(Logged(server, "refused.log").Replace(
            "pools:", $$"""  more: { bind: "{{server.Address}}", pool: web }""" + "\npools:", StringComparison.Ordinal));
        await atlas.ReloadAsync("not reloaded: nothing has changed");

        File.Exists(config.Sibling("refused.log")).ShouldBeTrue("it was opened");
        await OpenLogsAsync(atlas, config);
        (await admin.GetAsync("/metrics")).ShouldNotContain("listener=\"more\"");
    }

    private static string Logged(Backend server, string file) => ConfigFile.Text([server]).Replace(
        "routes:", $"access_log: {{ to: {file} }}, routes:", StringComparison.Ordinal);

    /// <summary>Waits until these logs beside the configuration are open, and no other.</summary>
    private static async Task OpenLogsAsync(RunningAtlas atlas, ConfigFile config, params string[] names)
    {
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        string[] expected = [.. names.Select(config.Sibling).Order(StringComparer.Ordinal)];
        string[] open;
        do
        {
            await Task.Delay(10, limit.Token);
            open =
            [
                .. Directory.GetFiles($"/proc/{atlas.Program.Id}/fd")
                    .Select(path => new FileInfo(path).LinkTarget ?? "")
                    .Where(target => target.EndsWith(".log", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
            ];
        }
        while (!open.SequenceEqual(expected, StringComparer.Ordinal));
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
