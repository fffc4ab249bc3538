using System.Diagnostics;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Timeouts;

/// <summary>Peers that are too slow, with times short enough to wait for.</summary>
public sealed class SlowPeerTests
{
    private const int ShortMs = 300;

    private static readonly AtlasOptions Short = new()
    {
        HeadersMs = ShortMs, IdleMs = ShortMs, BodyIdleMs = ShortMs, ResponseMs = ShortMs, Retries = 0,
    };

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    public async Task Client_StopsWithinTheHead_Gets408(string part)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(Short, server);
        using WireConnection client = await atlas.ConnectAsync();
        var watch = Stopwatch.StartNew();

        await client.SendAsync(part);
        WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();

        response.Status.ShouldBe(408);
        response["connection"].ShouldBe("close");
        (await client.TakeToEndAsync()).ShouldBe("");
        watch.ElapsedMilliseconds.ShouldBeGreaterThanOrEqualTo(ShortMs - 20);
        server.Bytes.ShouldBe(0);
    }

    /// <summary>The time is for the whole head: a byte now and then does not buy more.</summary>
    [Fact]
    public async Task Client_DripsTheHead_Gets408()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(Short, server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        int sent = 0;
        while (!client.HasNews && sent < 1000)
        {
            await client.TrySendAsync("x"u8.ToArray());
            sent++;
            await Task.Delay(10);
        }

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(408);
        sent.ShouldBeLessThan(1000);
        server.Bytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Client_SendsNothingMore_IsClosedSilently(int requests)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(Short, server);
        using WireConnection client = await atlas.ConnectAsync();
        for (int i = 0; i < requests; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
        }

        (await client.TakeToEndAsync()).ShouldBe("");
        client.WasReset.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nabc")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n")]
    public async Task Client_StopsWithinTheBody_Gets408(string rest)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(Short with { ResponseMs = 60_000 }, server);

        WireMessage response = await atlas.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\n{rest}");

        response.Status.ShouldBe(408);
        server.Requests.ShouldBeEmpty();
        await atlas.UntilAsync(() => server.Connections.Single().IsEnded, "the server's connection was kept");
    }

    [Fact]
    public async Task Server_NeverAnswers_Is504()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(Short, server);

        WireMessage response = await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.Status.ShouldBe(504);
        server.Requests.Count.ShouldBe(1);
        await atlas.UntilAsync(() => server.Connections.Single().IsEnded, "the server's connection was kept");
    }

    [Fact]
    public async Task Server_StopsWithinTheBody_BreaksOff()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(Short, server);

        WireMessage response = await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.Body.ShouldBe("abc");
        response.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task Client_LeavesBeforeTheAnswer_EndsTheServersConnection()
    {
        using var asked = new SemaphoreSlim(0);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            asked.Release();
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(server);
        WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        (await asked.WaitAsync(WireConnection.Deadline)).ShouldBeTrue();

        client.Reset();

        await atlas.UntilAsync(() => server.Connections.Single().IsEnded, "the server's connection was kept");
    }
}
