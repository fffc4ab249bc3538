using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class OperateTests
{
    private const int Clients = 4;

    [Fact]
    public async Task Drain_UnderLoad_LosesNoRequestAndSendsNoMoreThere()
    {
        Backend[] servers = Backend.Three();
        using var config = ConfigFile.Of(servers, admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var end = new CancellationTokenSource();
        Task<string>[] load = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(atlas.Address, end.Token)))];

        (await RunAsync(atlas, "drain", "web/B", "--wait")).Output.ShouldEndWith("web/B: safe to remove\n");
        using var client = new Client(atlas.Address);
        string after = await client.GetManyAsync(30);
        await servers[1].DisposeAsync();
        after += await client.GetManyAsync(30);
        await end.CancelAsync();
        string[] answers = await Task.WhenAll(load);

        after.ShouldNotContain("B");
        answers.ShouldAllBe(all => all.Length > 0);
        string.Concat(answers).ShouldContain("B");
        await servers[0].DisposeAsync();
        await servers[2].DisposeAsync();
    }

    [Fact]
    public async Task Drain_WithATunnelOpen_SaysWhatIsLeftUntilItIsSafe()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient tunnel = await TunnelAsync(atlas.Address);

        await using RunningProgram drain = await BeginAsync(atlas, "drain", "web/A", "--wait");
        (await drain.OutputAsync("web/A: ")).ShouldBe("drain: 1 tunnel left");
        JsonElement report = await ServerAsync(atlas);
        report.GetProperty("admin_state").GetString().ShouldBe("drain");
        report.GetProperty("remaining").GetProperty("tunnels").GetInt32().ShouldBe(1);
        report.GetProperty("safe_to_remove").GetBoolean().ShouldBeFalse();
        using (var client = new Client(atlas.Address))
        {
            (await client.StatusAsync("/")).ShouldBe(503);
        }

        drain.HasEnded.ShouldBeFalse();
        tunnel.Close();

        (await drain.EndAsync()).ShouldBe(0);
        drain.Output.ShouldEndWith("web/A: safe to remove\n");
        (await ServerAsync(atlas)).GetProperty("safe_to_remove").GetBoolean().ShouldBeTrue();
        await atlas.Program.ErrorAsync("pool web server A: drained, safe to remove");
    }

    [Fact]
    public async Task Drain_WithARequestUnderWay_WaitsForItsAnswer()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        Task<string> slow = client.GetAsync("/hold");
        await server.Asked;

        await using RunningProgram drain = await BeginAsync(atlas, "drain", "web/A", "--wait");
        (await drain.OutputAsync("web/A: ")).ShouldBe("drain: 1 request left");
        server.Release();

        (await slow).ShouldBe("A");
        (await drain.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Drain_EndedByAnotherWhileWaiting_SaysSoAndExits3()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient tunnel = await TunnelAsync(atlas.Address);
        await using RunningProgram drain = await BeginAsync(atlas, "drain", "web/A", "--wait");
        await drain.OutputAsync("web/A: drain: ");

        (await RunAsync(atlas, "ready", "web/A")).Output.ShouldBe("web/A: ready\n");

        (await drain.EndAsync()).ShouldBe(3);
        drain.Errors.ShouldContain("\nweb/A is ready again");
    }

    [Fact]
    public async Task Maintenance_ThereAndBack_TakesTheServerOutAndIn()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = ConfigFile.Of([a, b], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        (await RunAsync(atlas, "maintenance", "web/B")).Code.ShouldBe(0);
        (await client.GetManyAsync(4)).ShouldBe("AAAA");
        (await RunAsync(atlas, "status")).Output.ShouldMatch(@"\n  B +maintenance +0/1 ");

        (await RunAsync(atlas, "ready", "web/B")).Code.ShouldBe(0);
        (await client.GetManyAsync(4)).Count(answer => answer == 'B').ShouldBe(2);
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("maintenance")]
    public async Task TakeOut_TheLastServer_Warns(string command)
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = ConfigFile.Of([a, b], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        (await RunAsync(atlas, command, "web/A")).Errors.ShouldBeEmpty();
        (await RunAsync(atlas, command, "web/B")).Errors
            .ShouldBe("warning: no server of pool web is left: new clients are turned away (NH)\n");
        (await RunAsync(atlas, "ready", "web/B")).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Weight_Changed_ShiftsTheSharesWithoutABurst()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = ConfigFile.Of([a, b], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(4)).ShouldBe("ABAB");

        (await RunAsync(atlas, "weight", "web/B", "3")).Output.ShouldBe("web/B: weight 3\n");

        string answers = await client.GetManyAsync(40);
        answers.Count(answer => answer == 'B').ShouldBe(30);
        answers.Split('A').ShouldAllBe(run => run.Length <= 4);
    }

    [Fact]
    public async Task Weight_Zero_TakesNoNewRequests()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = ConfigFile.Of([a, b], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        (await RunAsync(atlas, "weight", "web/B", "0")).Output.ShouldBe("web/B: weight 0\n");

        (await client.GetManyAsync(4)).ShouldBe("AAAA");
    }

    [Fact]
    public async Task Weight_ZeroOfAll_WarnsAndSaysSo()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        using var config = ConfigFile.Of([a, b], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        (await RunAsync(atlas, "weight", "web/A", "0")).ShouldBe((0, "web/A: weight 0\n", ""));
        (await RunAsync(atlas, "weight", "web/B", "0")).ShouldBe(
            (0, "web/B: weight 0\n", "warning: no server of pool web has a weight: clients are turned away (NH)\n"));

        (await client.StatusAsync("/")).ShouldBe(503);
        await atlas.Program.ErrorAsync("pool web: no server has a weight: clients are turned away (NH)");
        (await RunAsync(atlas, "status")).Output.ShouldContain("pool web  round_robin  NO SERVER HAS A WEIGHT: clients are turned away (NH)\n");
        (await RunAsync(atlas, "weight", "web/B", "1")).Errors.ShouldBeEmpty();
        (await client.StatusAsync("/")).ShouldBe(200);
    }

    [Fact]
    public async Task Reload_AfterOrders_KeepsThemAndLetsARemovedServerEnd()
    {
        Backend[] servers = Backend.Three();
        using var config = ConfigFile.Of(servers, admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient tunnel = await TunnelAsync(atlas.Address);
        await RunAsync(atlas, "drain", "web/B");
        await RunAsync(atlas, "weight", "web/C", "7");

        // The tunnel is at the first in turn.
        config.Write(ConfigFile.Text(servers[1..], admin: "127.0.0.1:0"));
        await atlas.ReloadAsync();

        (await ServerAsync(atlas)).GetProperty("admin_state").GetString().ShouldBe("drain");
        (await ServerAsync(atlas, 1)).GetProperty("weight").GetInt32().ShouldBe(7);
        await atlas.Program.ErrorAsync("pool web server A: removed from the configuration: 1 request is left");
        (await RunAsync(atlas, "status")).Output.ShouldContain("removed web/A  1 request left");
        await EchoAsync(tunnel);
        tunnel.Close();
        await atlas.Program.ErrorAsync("pool web server A: its last request has ended, safe to stop");
        foreach (Backend server in servers)
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("pool web has no server 'X'; there are: A", "drain", "web/X")]
    [InlineData("there is no pool 'nope'; there are: web", "ready", "nope/A")]
    public async Task Order_WrongName_SaysTheRightOnesAndExits3(string message, params string[] words)
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        (int code, string output, string errors) = await RunAsync(atlas, words);

        (code, output, errors).ShouldBe((3, "", message + "\n"));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("top")]
    [InlineData("drain", "web/A")]
    public async Task Instance_NotThere_SaysWhatToDoAndExits3(params string[] words)
    {
        using var reserved = new TcpListener(System.Net.IPAddress.Loopback, 0);
        reserved.Start();
        string address = reserved.LocalEndpoint.ToString()!;
        reserved.Stop();
        await using var program = RunningProgram.Atlas([.. words, "--admin", address]);

        (await program.EndAsync()).ShouldBe(3);
        program.Errors.ShouldStartWith($"cannot reach Atlas at {address}: ");
        program.Errors.ShouldContain("--admin ADDRESS");
    }

    [Fact]
    public async Task Token_OfAFile_IsShown()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        config.Write(ConfigFile.Text([server], admin: "127.0.0.1:0, token: { file: admin.token }"));
        await File.WriteAllTextAsync(config.Sibling("admin.token"), "sesame\n");
        await File.WriteAllTextAsync(config.Sibling("other.token"), "other\n");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        (int code, _, string errors) = await RunAsync(atlas, "drain", "web/A");
        code.ShouldBe(3);
        errors.ShouldContain("--token-file");
        (await RunAsync(atlas, "drain", "web/A", "--token-file", config.Sibling("other.token"))).Code.ShouldBe(3);
        (await RunAsync(atlas, "drain", "web/A", "--token-file", config.Sibling("absent.token"))).Code.ShouldBe(1);
        (await RunAsync(atlas, "drain", "web/A", "--token-file", config.Sibling("admin.token"))).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("top")]
    public async Task Status_WithoutATerminal_IsPrintedOnceWithNamesThatOtherCommandsTake(string command)
    {
        const string name = "a-server-with-a-name-that-is-longer-than-a-column-may-be";
        await using var server = new Backend(name);
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        string output = (await RunAsync(atlas, command)).Output;

        output.ShouldContain("\npool web  round_robin  100 % usable\n");
        output.ShouldContain($"listener web  http on {atlas.Address}  ");
        output.ShouldContain($"\n  {name}  ready ");
        output.ShouldNotContain("\e");
    }

    [Fact]
    public async Task Events_OfAReload_AreTold()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var http = new HttpClient();
        using Stream stream = await http.GetStreamAsync($"http://{await AdminAsync(atlas)}/api/v1/events");
        using var events = new StreamReader(stream);

        await atlas.ReloadAsync();
        (await DataAsync(events)).ShouldContain("\"change\":\"reloaded\"");
        config.Write("nonsense: true");
        await atlas.ReloadAsync("not reloaded");
        (await DataAsync(events)).ShouldContain("\"change\":\"refused\"");
    }

    [Fact]
    public async Task Metrics_OfADrain_SayWhatIsLeft()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient tunnel = await TunnelAsync(atlas.Address);
        await RunAsync(atlas, "drain", "web/A");
        using var admin = new Client(await AdminAsync(atlas));

        string metrics = await admin.GetAsync("/metrics");

        metrics.ShouldContain("\natlas_server_admin_state{pool=\"web\",server=\"A\",state=\"drain\"} 1\n");
        metrics.ShouldContain("\natlas_server_admin_state{pool=\"web\",server=\"A\",state=\"ready\"} 0\n");
        metrics.ShouldContain("\natlas_server_drain_remaining{pool=\"web\",server=\"A\"} 1\n");
        metrics.ShouldContain("\natlas_server_weight{pool=\"web\",server=\"A\"} 1\n");
        metrics.ShouldContain("\natlas_server_effective_weight{pool=\"web\",server=\"A\"} 0\n");
        metrics.ShouldContain("\natlas_server_ejected{pool=\"web\",server=\"A\"} 0\n");
        metrics.ShouldContain("\natlas_pool_usable_share{pool=\"web\"} 0\n");
        metrics.ShouldContain("\natlas_pool_panic{pool=\"web\"} 0\n");
    }

    /// <summary>Asks until told to end; fails with the first answer that is not a 200.</summary>
    private static async Task<string> AskAsync(string address, CancellationToken end)
    {
        using var client = new Client(address);
        var answers = new StringBuilder();
        while (!end.IsCancellationRequested)
        {
            answers.Append(await client.GetAsync());
        }

        return answers.ToString();
    }

    private static async Task<TcpClient> TunnelAsync(string address)
    {
        string[] parts = address.Split(':');
        var client = new TcpClient();
        await client.ConnectAsync(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        await client.GetStream().WriteAsync(
            "GET /tunnel HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"u8.ToArray());
        byte[] head = new byte[1024];
        int length = await client.GetStream().ReadAsync(head).AsTask().WaitAsync(RunningProgram.Limit);
        Encoding.ASCII.GetString(head, 0, length).ShouldStartWith("HTTP/1.1 101");
        await EchoAsync(client);
        return client;
    }

    private static async Task EchoAsync(TcpClient tunnel)
    {
        await tunnel.GetStream().WriteAsync("?"u8.ToArray());
        (await tunnel.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(RunningProgram.Limit)).ShouldBe(1);
    }

    private static async Task<string> DataAsync(StreamReader events)
    {
        while (true)
        {
            string line = (await events.ReadLineAsync().WaitAsync(RunningProgram.Limit)).ShouldNotBeNull();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    private static async Task<JsonElement> ServerAsync(RunningAtlas atlas, int index = 0)
    {
        using JsonDocument status = JsonDocument.Parse((await RunAsync(atlas, "status", "--json")).Output);
        return status.RootElement.GetProperty("pools")[0].GetProperty("servers")[index].Clone();
    }

    private static Task<string> AdminAsync(RunningAtlas atlas) => atlas.Program.ErrorAsync("admin: http://");

    private static async Task<RunningProgram> BeginAsync(RunningAtlas atlas, params string[] words) =>
        RunningProgram.Atlas([.. words, "--admin", await AdminAsync(atlas)]);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(RunningAtlas atlas, params string[] words)
    {
        await using RunningProgram program = await BeginAsync(atlas, words);
        int code = await program.EndAsync();
        return (code, program.Output, program.Errors);
    }
}
