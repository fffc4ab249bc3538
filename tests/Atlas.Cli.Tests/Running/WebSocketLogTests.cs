using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>What the access log and the metrics say of a WebSocket: what its client saw.</summary>
public sealed class WebSocketLogTests
{
    private static readonly byte[] Switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "u8.ToArray();

    [Fact]
    public async Task WebSocket_OverHttp2_IsAConnectWithStatus200()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var config = new ConfigFile($$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web, access_log: { to: stdout } }
            pools:
              web: { servers: ["{{listener.LocalEndpoint}}"] }
            admin: { bind: 127.0.0.1:0 }
            """);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string admin = await atlas.Program.ErrorAsync("admin: http://");
        Task<string> asked = ServeAsync(listener);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using (var client = new ClientWebSocket())
        {
            client.Options.HttpVersion = HttpVersion.Version20;
            client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            await client.ConnectAsync(new Uri($"ws://{atlas.Address}/chat"), invoker, CancellationToken.None).WaitAsync(RunningProgram.Limit);
            client.Abort();
        }

        (await asked.WaitAsync(RunningProgram.Limit)).ShouldBe("GET /chat HTTP/1.1");
        JsonElement line = JsonDocument.Parse("{" + await atlas.Program.OutputAsync("{")).RootElement;
        line.GetProperty("method").GetString().ShouldBe("CONNECT");
        line.GetProperty("path").GetString().ShouldBe("/chat");
        line.GetProperty("version").GetString().ShouldBe("HTTP/2.0");
        line.GetProperty("status").GetInt32().ShouldBe(200);
        using var http = new HttpClient();
        (await http.GetStringAsync($"http://{admin}/metrics")).ShouldContain("atlas_requests_total{listener=\"web\",code=\"2xx\"} 1\n");
    }

    private static async Task<string> ServeAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        using var reader = new StreamReader(stream, leaveOpen: true);
        string request = await reader.ReadLineAsync() ?? "";
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // Nothing else of the head is of interest.
        }

        await stream.WriteAsync(Switched);
        await stream.WriteAsync("x\r\n\r\n"u8.ToArray());

        // To the end of the tunnel.
        await reader.ReadToEndAsync();
        return request;
    }
}
