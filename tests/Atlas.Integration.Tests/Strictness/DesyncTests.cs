using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>Bytes that one side takes for a body are never taken for a message, and what follows an end is not read.</summary>
public sealed class DesyncTests
{
    private const string Evil = "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n", 200)]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 33\r\n\r\n", 405)]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 405)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413)]
    [InlineData("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nContent-Length: 33\r\n\r\n", 200)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nVia: 1.1 atlas, 1.1 atlas, 1.1 atlas, 1.1 atlas, 1.1 atlas\r\nContent-Length: 33\r\n\r\n", 508)]
    public async Task Request_AfterTheLast_IsNotRead(string first, int status)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(new AtlasOptions { MaxBodyBytes = 1000 }, server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync(first + Evil);

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(status);
        (await client.TakeToEndAsync()).ShouldBe("");
        server.Requests.ShouldNotContain(request => request.StartLine.Contains("evil", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 33\r\n\r\n")]
    [InlineData("DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 33\r\n\r\n")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 33\r\n\r\n")]
    public async Task Body_OfAnyMethod_IsABody(string head)
    {
        await using var server = RecordingServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync(head + Evil + "\r\n" + "GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
        await WireMessage.ReadResponseAsync(client);
        await WireMessage.ReadResponseAsync(client);

        server.Requests.Select(request => request.StartLine.Split(' ')[1]).ShouldBe(["/", "/good"]);
        server.Requests.First().Body.ShouldStartWith(Evil);
    }

    [Fact]
    public async Task Requests_ManyInOnePiece_AreAnsweredInOrder()
    {
        const int count = 300;
        await using var server = new RecordingServer(async (self, connection) =>
        {
            while (await self.ReadRequestAsync(connection) is { } request)
            {
                await connection.SendAsync(RecordingServer.Response($"{request.StartLine.Split(' ')[1]} {request.Body}"));
            }
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        Task sending = client.SendAsync(string.Concat(Enumerable.Range(0, count).Select(i => (i % 3) switch
        {
            0 => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n",
            1 => $"POST /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            _ => $"POST /{i} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
        })));

        for (int i = 0; i < count; i++)
        {
            WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();
            response.Body.ShouldBe(i % 3 == 0 ? $"/{i} " : $"/{i} abc");
        }

        await sending;
        server.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refusal_WithoutABody_KeepsTheConnection()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("TRACE / HTTP/1.1\r\nHost: a\r\n\r\nGET /good HTTP/1.1\r\nHost: a\r\n\r\n");

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(405);
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
    }

    [Fact]
    public async Task Server_ThatSaysClose_IsNotUsedAgain()
    {
        await using var server = RecordingServer.Answering(RecordingServer.Response("ok", "Connection: close\r\n"));
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 1; i <= 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull()["connection"].ShouldBeNull();
            server.Connections.Count.ShouldBe(i);
        }
    }
}
