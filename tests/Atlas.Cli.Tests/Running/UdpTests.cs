using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>A UDP listener from the start of the program through a reload to its end.</summary>
public sealed class UdpTests : IDisposable
{
    private readonly UdpClient _server = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Run_AUdpListener_KeepsSessionsOverAReloadAndEndsThemWhenItStops()
    {
        using var config = new ConfigFile(Text(weight: 1));
        await using RunningProgram atlas = RunningProgram.Atlas("run", "-c", config.Path);
        IPEndPoint listener = IPEndPoint.Parse((await atlas.ErrorAsync("listener names: udp on ")).Trim());
        string admin = (await atlas.ErrorAsync("admin: ")).Trim();
        await atlas.ErrorAsync("ready");
        _client.Connect(listener);
        IPEndPoint session = await ExchangeAsync();

        config.Write(Text(weight: 2));
        await atlas.SignalAsync("HUP");
        await atlas.ErrorAsync("reloaded");
        (await ExchangeAsync()).ShouldBe(session);
        using var http = new HttpClient();
        using (JsonDocument status = JsonDocument.Parse(await http.GetStringAsync($"{admin}/api/v1/status")))
        {
            JsonElement names = status.RootElement.GetProperty("listeners")[0];
            names.GetProperty("protocol").GetString().ShouldBe("udp");
            names.GetProperty("connections").GetInt64().ShouldBe(1);
        }

        // It drains until the session has been silent for its time.
        await atlas.SignalAsync("TERM");
        await atlas.ErrorAsync("draining: 1 connection,");
        (await atlas.EndAsync()).ShouldBe(0);
        using JsonDocument line = JsonDocument.Parse(atlas.Output);
        line.RootElement.GetProperty("protocol").GetString().ShouldBe("udp");
        line.RootElement.GetProperty("end").GetString().ShouldBe("idle");
        line.RootElement.GetProperty("server").GetString().ShouldBe("a");
        line.RootElement.GetProperty("datagrams_received").GetInt64().ShouldBe(2);
        line.RootElement.GetProperty("datagrams_sent").GetInt64().ShouldBe(2);
        line.RootElement.GetProperty("bytes_received").GetInt64().ShouldBe(10);
        line.RootElement.GetProperty("client_port").GetInt32().ShouldBe(((IPEndPoint)_client.Client.LocalEndPoint!).Port);
    }

    [Fact]
    public async Task Reload_ThatMovesTheAddress_SaysWhatToDoAndWorksInTwo()
    {
        using var config = new ConfigFile(Text(weight: 1));
        await using RunningProgram atlas = RunningProgram.Atlas("run", "-c", config.Path);
        IPEndPoint first = IPEndPoint.Parse((await atlas.ErrorAsync("listener names: udp on ")).Trim());
        await atlas.ErrorAsync("ready");

        string next = $"0.0.0.0:{first.Port}";
        config.Write(Text(weight: 1, next));
        await atlas.SignalAsync("HUP");
        await atlas.ErrorAsync("not reloaded: nothing has changed");
        atlas.Errors.ShouldContain(
            "listener names has 127.0.0.1:0; an address of UDP cannot move in one reload: reload first without it", customMessage: atlas.Errors);

        config.Write(Text(weight: 1, "127.0.0.2:0"));
        await atlas.SignalAsync("HUP");
        await atlas.ErrorAsync("reloaded");
        config.Write(Text(weight: 1, next));
        await atlas.SignalAsync("HUP");
        await atlas.ErrorAsync("reloaded", skip: 1);
        _client.Connect(first);
        await ExchangeAsync();
    }

    private string Text(int weight, string bind = "127.0.0.1:0") => $$"""
        listeners:
          names:
            bind: {{bind}}
            protocol: udp
            pool: dns
            udp: { idle: 2s }
            access_log: { to: stdout }
        pools:
          dns:
            servers: [{ name: a, address: "{{_server.Client.LocalEndPoint}}", weight: {{weight}} }]
            health_check: { type: udp, send: ping, expect: { reply: pong }, interval: 1h }
        admin: { bind: 127.0.0.1:0 }
        """;

    private async Task<IPEndPoint> ExchangeAsync()
    {
        await _client.SendAsync("hello"u8.ToArray());
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        UdpReceiveResult asked;
        do
        {
            asked = await _server.ReceiveAsync(limit.Token);
            bool isProbe = Encoding.ASCII.GetString(asked.Buffer) == "ping";
            await _server.SendAsync(isProbe ? "pong"u8.ToArray() : asked.Buffer, asked.RemoteEndPoint, limit.Token);
            if (!isProbe)
            {
                break;
            }
        }
        while (true);
        UdpReceiveResult answer = await _client.ReceiveAsync(limit.Token);
        Encoding.ASCII.GetString(answer.Buffer).ShouldBe("hello");
        return asked.RemoteEndPoint;
    }
}
