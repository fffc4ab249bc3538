using System.Net;
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Http2;

/// <summary>WebSocket over HTTP/2 (RFC 8441) to a server that knows HTTP/1.1 only.</summary>
public sealed class WebSocketTests
{
    [Fact]
    public async Task WebSocket_OverHttp2_ReachesAServerOfHttp11()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n");
            string text = await TakeMaskedAsync(connection);
            await connection.SendAsync($"\x81{(char)text.Length}{text}");
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(server);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var limit = new CancellationTokenSource(WireConnection.Deadline);

        await client.ConnectAsync(new Uri($"ws://{atlas.Address}/chat"), invoker, limit.Token);
        await client.SendAsync(Encoding.ASCII.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        byte[] answer = new byte[16];
        WebSocketReceiveResult received = await client.ReceiveAsync(answer, limit.Token);

        Encoding.ASCII.GetString(answer, 0, received.Count).ShouldBe("hello");
        WireMessage request = server.Requests.Single();
        request.StartLine.ShouldBe("GET /chat HTTP/1.1");
        request["upgrade"].ShouldBe("websocket");
        request["connection"].ShouldBe("upgrade");
        request["sec-websocket-version"].ShouldBe("13");
        Convert.FromBase64String(request["sec-websocket-key"]!).Length.ShouldBe(16);
        client.Abort();
    }

    // One short frame of text with its mask taken off (RFC 6455 5.2, 5.3).
    private static async Task<string> TakeMaskedAsync(WireConnection connection)
    {
        string head = await connection.TakeAsync(6);
        string content = await connection.TakeAsync(head[1] & 0x7f);
        return string.Concat(content.Select((c, i) => (char)(c ^ head[2 + (i % 4)])));
    }
}
