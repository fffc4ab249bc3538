using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Bodies;

/// <summary>Bytes go on at once, and an end that is done does not cut the other off.</summary>
public sealed class StreamingTests
{
    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n", true)]
    [InlineData("Connection: close\r\n", false)]
    public async Task Events_EachArrivesBeforeTheNextIsSent(string fields, bool chunked)
    {
        const int count = 20;
        using var seen = new SemaphoreSlim(0);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{fields}\r\n");
            for (int i = 0; i < count; i++)
            {
                string text = $"data: {i}\n\n";
                await connection.SendAsync(chunked ? $"{text.Length:x}\r\n{text}\r\n" : text);
                (await seen.WaitAsync(WireConnection.Deadline)).ShouldBeTrue();
            }

            await connection.SendAsync(chunked ? "0\r\n\r\n" : "");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await WireMessage.ReadHeadAsync(client);

        for (int i = 0; i < count; i++)
        {
            string text = $"data: {i}\n\n";
            (await client.TakeLineAsync()).ShouldBe($"{text.Length:x}");
            (await client.TakeAsync(text.Length + 2)).ShouldBe(text + "\r\n");
            seen.Release();
        }

        (await client.TakeAsync(5)).ShouldBe("0\r\n\r\n");
    }

    /// <summary>The same for what a client sends.</summary>
    [Fact]
    public async Task Upload_EachPieceArrivesBeforeTheNextIsSent()
    {
        using var seen = new SemaphoreSlim(0);
        await using var server = new RecordingServer(async (_, connection) =>
        {
            await WireMessage.ReadHeadAsync(connection);
            for (int i = 0; i < 20; i++)
            {
                (await connection.TakeLineAsync()).ShouldBe("2");
                await connection.TakeAsync(4);
                seen.Release();
            }

            (await connection.TakeLineAsync()).ShouldBe("0");
            await connection.SendAsync(RecordingServer.Response("ok"));
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

        for (int i = 0; i < 20; i++)
        {
            await client.SendAsync("2\r\nhi\r\n");
            (await seen.WaitAsync(WireConnection.Deadline)).ShouldBeTrue();
        }

        await client.SendAsync("0\r\n\r\n");
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Body.ShouldBe("ok");
        server.Failures.ShouldBeEmpty();
    }

    /// <summary>A reset would take the response away from a client that has not read it yet.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_WhileTheClientStillSends_CanBeReadWhole(bool serverCloses)
    {
        const int upload = 16 * 1024 * 1024;
        string body = new('x', 256 * 1024);
        using var end = new SemaphoreSlim(0);
        await using var server = new RecordingServer(async (_, connection) =>
        {
            await WireMessage.ReadHeadAsync(connection);
            await connection.SendAsync($"HTTP/1.1 403 Forbidden\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            if (serverCloses)
            {
                connection.ShutdownSend();
            }

            await end.WaitAsync(WireConnection.Deadline);
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {upload}\r\n\r\n");
        Task<bool> sending = client.TrySendAsync(new byte[upload / 2]);

        WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();

        response.Status.ShouldBe(403);
        response.IsComplete.ShouldBeTrue();
        response["connection"].ShouldBe("close");
        end.Release();
        await sending;
    }

    [Fact]
    public async Task Refusal_WhileTheClientStillSends_CanBeReadWhole()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(new AtlasOptions { MaxBodyBytes = 1000 }, server);
        for (int i = 0; i < 20; i++)
        {
            using WireConnection client = await atlas.ConnectAsync();
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            Task<bool> sending = client.TrySendAsync(new byte[1_000_000]);

            WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();

            response.Status.ShouldBe(413);
            response.IsComplete.ShouldBeTrue();
            await sending;
        }
    }
}
