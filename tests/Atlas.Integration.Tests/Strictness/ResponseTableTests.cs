using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>The rows of the accept/reject table for responses: what a server may not say becomes a 502, or breaks off when the
/// head is out, and that server's connection is never used again.</summary>
public sealed class ResponseTableTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")]
    [InlineData("HTTP/1.1 99 X\r\n\r\n")]
    [InlineData("HTTP/1.1 099 X\r\n\r\n")]
    [InlineData("HTTP/1.1 600 X\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 X\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("hello")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName : x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nNa\0me: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName: x\0\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName: x\ry\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName: x\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    public async Task Response_RefusedByTheTable_IsA502AndItsConnectionEnds(string response)
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(response);
            if (!response.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                connection.ShutdownSend();
            }

            (await connection.TakeToEndAsync()).ShouldBe("", "the connection was used again");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 1; i <= 2; i++)
        {
            await client.SendAsync(Request);
            WireMessage answer = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();
            answer.Status.ShouldBe(502);
            answer["proxy-status"].ShouldNotBeNull();
            server.Connections.Count.ShouldBe(i);
        }

        server.Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("5\r\nhello\r\nxyz\r\n")]
    [InlineData("5\r\nhelloXX0\r\n\r\n")]
    [InlineData("5\nhello\n0\n\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("10000000000000000\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nName : x\r\n\r\n")]
    [InlineData("5\r\nhel")]
    public async Task Response_BadChunksAfterTheHead_BreaksOffWithoutAnEnd(string chunks)
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
            if (chunks.Length < 8)
            {
                connection.ShutdownSend();
            }

            (await connection.TakeToEndAsync()).ShouldBe("", "the connection was used again");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync(Request);
        WireMessage? answer = await WireMessage.ReadResponseAsync(client);

        answer.ShouldNotBeNull().IsComplete.ShouldBeFalse();
        await client.TakeToEndAsync();
        client.IsEnded.ShouldBeTrue();
        await atlas.UntilAsync(() => server.Connections.Single().IsEnded, "the server's connection went on");
        server.Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "hello", "GET")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "hello", "GET")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "", "HEAD")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", "", "GET")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nhello", "", "GET")]
    public async Task Response_BytesAfterItsEnd_AreDroppedWithTheConnection(string response, string body, string method)
    {
        await using var server = RecordingServer.Answering(response);
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 1; i <= 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
            WireMessage answer = (await WireMessage.ReadResponseAsync(client, method)).ShouldNotBeNull();
            answer.Status.ShouldBeLessThan(500);
            answer.Body.ShouldBe(body);
            server.Connections.Count.ShouldBe(i, "the connection was used again");
        }

        await atlas.TurnAsync();
        client.HasNews.ShouldBeFalse("bytes after the response went to the client");
    }

    [Fact]
    public async Task Response_BytesWhileIdle_EndTheConnection()
    {
        using var sent = new SemaphoreSlim(0);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(RecordingServer.Response("hello"));
            await connection.SendAsync("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
            sent.Release();
            (await connection.TakeToEndAsync()).ShouldBe("", "the connection was used again");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 1; i <= 3; i++)
        {
            await client.SendAsync(Request);
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Body.ShouldBe("hello");
            (await sent.WaitAsync(WireConnection.Deadline)).ShouldBeTrue();
            await atlas.TurnAsync();
            server.Connections.Count.ShouldBe(i);
        }

        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Response_ObsFold_IsRepaired()
    {
        await using var server = RecordingServer.Answering("HTTP/1.1 200 OK\r\nName: x\r\n\ty\r\nContent-Length: 0\r\n\r\n");
        await using var atlas = new RunningAtlas(server);

        WireMessage answer = await atlas.AskAsync(Request);

        answer.Status.ShouldBe(200);
        answer["name"].ShouldBe("x  \ty");
    }
}
