using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class DrainTests
{
    [Fact]
    public async Task Terminate_WhileARequestRuns_AnswersItAndAcceptsNoOther()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;

        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("draining");
        await RefusedAsync(atlas.Address);
        atlas.Program.HasEnded.ShouldBeFalse();
        server.Release();

        using HttpResponseMessage response = await slow;
        (await response.Content.ReadAsStringAsync()).ShouldBe("A");
        response.Headers.ConnectionClose.ShouldBe(true);
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_WhileABodyStreams_SendsItToItsEnd()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using HttpResponseMessage response = await client.BeginAsync("/stream");
        await server.Asked;

        await atlas.Program.SignalAsync("TERM");
        await RefusedAsync(atlas.Address);
        server.Release();

        (await response.Content.ReadAsStringAsync()).Length.ShouldBe(Backend.StreamBytes);
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_WebSocketsAreClosed_ClientsAreToldToGo()
    {
        await using var server = new WebSocketEcho();
        using var config = new ConfigFile($$"""
            listeners: { web: { bind: 127.0.0.1:0, pool: web } }
            pools: { web: { servers: ["{{server.Address}}"] } }
            runtime: { shutdown: { close_websockets: true } }
            admin: { bind: none }
            """);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new ClientWebSocket();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        byte[] buffer = new byte[100];
        await client.ConnectAsync(new Uri($"ws://{atlas.Address}/chat"), limit.Token);
        await atlas.ReloadAsync();
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        (await client.ReceiveAsync(buffer, limit.Token)).MessageType.ShouldBe(WebSocketMessageType.Text, "a reload closes none");

        await atlas.Program.SignalAsync("TERM");

        WebSocketReceiveResult last = await client.ReceiveAsync(buffer, limit.Token);
        last.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable, "1001");
        await client.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, limit.Token);
        (await server.Closed).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        (await atlas.Program.EndAsync()).ShouldBe(0);
        atlas.Program.Errors.ShouldContain("1 WebSocket told to go\nended\n");
    }

    [Fact]
    public async Task Terminate_IdleConnections_Close()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient used = await ConnectAsync(atlas.Address);
        await used.GetStream().WriteAsync("GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray());
        (await ReadAsync(used)).ShouldStartWith("HTTP/1.1 200");
        using TcpClient unused = await ConnectAsync(atlas.Address);

        await atlas.Program.SignalAsync("TERM");

        (await EndOfAsync(used)).ShouldBe(0);
        (await EndOfAsync(unused)).ShouldBe(0);
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_CloseSpread_IdleConnectionIsServedOnceMore()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { deadline: 24h, close_spread: 24h } }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient client = await ConnectAsync(atlas.Address);
        byte[] request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray();
        await client.GetStream().WriteAsync(request);
        (await ReadAsync(client)).ShouldNotContain("connection: close");

        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("draining");
        await RefusedAsync(atlas.Address);
        await client.GetStream().WriteAsync(request);

        string last = await ReadAsync(client);
        last.ShouldStartWith("HTTP/1.1 200");
        last.ShouldContain("connection: close");
        (await EndOfAsync(client)).ShouldBe(0);
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_ShortCloseSpread_AllIdleConnectionsClose()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { close_spread: 100ms } }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        var clients = new List<TcpClient>();
        for (int i = 0; i < 20; i++)
        {
            clients.Add(await ConnectAsync(atlas.Address));
        }

        await atlas.Program.SignalAsync("TERM");

        foreach (TcpClient client in clients)
        {
            (await EndOfAsync(client)).ShouldBe(0);
            client.Dispose();
        }

        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Terminate_Twice_EndsAtOnce(string signal)
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;

        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("draining");
        await atlas.Program.SignalAsync(signal);

        (await atlas.Program.EndAsync()).ShouldBe(0);
        await CutAsync(slow);
    }

    [Fact]
    public async Task Terminate_RequestPastTheDeadline_IsCut()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { deadline: 50ms, tunnel_deadline: 50ms } }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;

        await atlas.Program.SignalAsync("TERM");

        (await atlas.Program.EndAsync()).ShouldBe(0);
        await CutAsync(slow);
    }

    [Fact]
    public async Task Terminate_Tunnel_OutlivesTheDeadlineOfRequests()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { deadline: 50ms } }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using TcpClient tunnel = await ConnectAsync(atlas.Address);
        byte[] ask = "GET /tunnel HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"u8.ToArray();
        await tunnel.GetStream().WriteAsync(ask);
        (await ReadAsync(tunnel)).ShouldStartWith("HTTP/1.1 101");
        using var client = new Client(atlas.Address);
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;

        await atlas.Program.SignalAsync("TERM");
        await CutAsync(slow);

        await tunnel.GetStream().WriteAsync("still here"u8.ToArray());
        (await ReadAsync(tunnel)).ShouldBe("still here");
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_ReadyDelay_StillServes()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { ready_delay: 1h } }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("not ready: serves on for 3600 s (ready_delay), then drains");

        using var client = new Client(atlas.Address);
        (await client.GetAsync()).ShouldBe("A");
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
        atlas.Program.Errors.ShouldNotContain("draining");
    }

    [Fact]
    public async Task Terminate_ReadyDelayIsOver_SaysThatItDrains()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "runtime: { shutdown: { ready_delay: 300ms, deadline: 9s } }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        await atlas.Program.SignalAsync("TERM");

        (await atlas.Program.EndAsync()).ShouldBe(0);
        atlas.Program.Errors.Split('\n')[^4..].ShouldBe(
            ["not ready: serves on for 0.3 s (ready_delay), then drains", "draining: 0 connections, until 9 s, tunnels 300 s", "ended", ""]);
    }

    [Fact]
    public async Task Terminate_BehindManyReloadsThatHang_IsNotLost()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string pipe = config.Sibling("pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync().WaitAsync(RunningProgram.Limit);
        }

        // Whoever opens a pipe to read waits until another opens it to write, and the other way round. Shared, so that
        // neither locks the other out.
        File.Move(pipe, config.Path, overwrite: true);
        await atlas.Program.SignalAsync("HUP");
        await using FileStream writer = await Task.Run(() =>
            new FileStream(config.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)).WaitAsync(RunningProgram.Limit);
        for (int i = 0; i < 20; i++)
        {
            await atlas.Program.SignalAsync("HUP");
        }

        await atlas.Program.SignalAsync("TERM");
        config.Write(ConfigFile.Text([server]));
        writer.Close();

        (await atlas.Program.EndAsync()).ShouldBe(0);
        atlas.Program.Errors.ShouldContain("draining");
    }

    [Fact]
    public async Task Hangup_WhileDraining_OpensTheLogAnew()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        string log = config.Sibling("access.log");
        config.Write(ConfigFile.Text([server]).Replace(
            "web: { bind", "web: { access_log: { to: access.log }, bind", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        Task<HttpResponseMessage> slow = client.BeginAsync("/hold");
        await server.Asked;
        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("draining");

        File.Move(log, log + ".1");
        await atlas.Program.SignalAsync("HUP");
        SpinWait.SpinUntil(() => File.Exists(log), RunningProgram.Limit).ShouldBeTrue();

        server.Release();
        (await slow).Dispose();
        (await atlas.Program.EndAsync()).ShouldBe(0);
        File.ReadAllLines(log).Length.ShouldBe(1);
    }

    internal static async Task<TcpClient> ConnectAsync(string address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(address)).WaitAsync(RunningProgram.Limit);
        return client;
    }

    /// <summary>Waits until nobody accepts at an address. Each try that comes too early is accepted, and closed.</summary>
    internal static async Task RefusedAsync(string address)
    {
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPEndPoint.Parse(address), limit.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // It was in the kernel's queue when the listener closed.
            }
        }
    }

    /// <summary>Waits until a request that got no response yet is cut: it is answered with 503, and then reset, which may
    /// overtake the answer.</summary>
    private static async Task CutAsync(Task<HttpResponseMessage> request)
    {
        try
        {
            using HttpResponseMessage response = await request;
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
        catch (HttpRequestException e)
        {
            e.StatusCode.ShouldBeNull();
        }
    }

    /// <summary>What arrives next, in one piece.</summary>
    private static async Task<string> ReadAsync(TcpClient client)
    {
        byte[] buffer = new byte[1024];
        int length = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(RunningProgram.Limit);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    /// <summary>What the connection still brings: 0 when it ends in order.</summary>
    private static Task<int> EndOfAsync(TcpClient client) =>
        client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(RunningProgram.Limit);
}
