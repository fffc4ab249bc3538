using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Bodies;

/// <summary>After an accepted upgrade bytes pass unread, both ways, and each direction ends by itself.</summary>
public sealed class TunnelTests
{
    private const string Request = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";
    private const string Switch = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

    [Fact]
    public async Task Tunnel_BytesWithTheHeads_AreNotLost()
    {
        await using var server = Tunnel(async connection =>
        {
            await connection.SendAsync(Switch + "\0\x01server");
            (await connection.TakeAsync(8)).ShouldBe("\0\xFF" + "client");
            await connection.SendAsync("end");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync(Request + "\0\xFF" + "client");
        WireMessage head = (await WireMessage.ReadHeadAsync(client)).ShouldNotBeNull();

        head.Status.ShouldBe(101);
        head["upgrade"].ShouldBe("websocket");
        head["connection"].ShouldBe("upgrade");
        (await client.TakeToEndAsync()).ShouldBe("\0\x01serverend");
        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tunnel_Bytes_GoBothWaysAtOnce()
    {
        await using var server = Tunnel(async connection =>
        {
            await connection.SendAsync(Switch);
            while (await connection.TakeSomeAsync() is { Length: > 0 } some)
            {
                await connection.SendAsync(some);
            }
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync(Request);
        await WireMessage.ReadHeadAsync(client);

        for (int i = 0; i < 100; i++)
        {
            await client.SendAsync($"ping {i:d4}");
            (await client.TakeAsync(9)).ShouldBe($"ping {i:d4}");
        }

        string large = new('x', 2_000_000);
        Task sending = client.SendAsync(large);
        (await client.TakeAsync(large.Length)).Length.ShouldBe(large.Length);
        await sending;
        client.ShutdownSend();
        (await client.TakeToEndAsync()).ShouldBe("");
        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tunnel_ClientEndsItsDirection_ServerStillSends()
    {
        await using var server = Tunnel(async connection =>
        {
            await connection.SendAsync(Switch);
            (await connection.TakeToEndAsync()).ShouldBe("last words");
            await connection.SendAsync("and mine");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync(Request);
        await WireMessage.ReadHeadAsync(client);

        await client.SendAsync("last words");
        client.ShutdownSend();

        (await client.TakeToEndAsync()).ShouldBe("and mine");
        client.WasReset.ShouldBeFalse();
        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tunnel_ServerEndsItsDirection_ClientStillSends()
    {
        var got = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Tunnel(async connection =>
        {
            await connection.SendAsync(Switch + "last words");
            connection.ShutdownSend();
            got.SetResult(await connection.TakeToEndAsync());
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync(Request);
        await WireMessage.ReadHeadAsync(client);

        (await client.TakeToEndAsync()).ShouldBe("last words");
        await client.SendAsync("and mine");
        client.ShutdownSend();

        (await got.Task.WaitAsync(WireConnection.Deadline)).ShouldBe("and mine");
    }

    [Fact]
    public async Task Tunnel_ServerDies_ClientLearnsIt()
    {
        await using var server = Tunnel(async connection =>
        {
            await connection.SendAsync(Switch);
            await connection.TakeAsync(1);
            connection.Reset();
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync(Request);
        await WireMessage.ReadHeadAsync(client);

        await client.SendAsync("x");

        await client.TakeToEndAsync();
        client.IsEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Upgrade_ServerDeclines_ConnectionGoesOn()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Request);
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
        }
    }

    private static RecordingServer Tunnel(Func<WireConnection, Task> after) => new(async (self, connection) =>
    {
        await self.ReadRequestAsync(connection);
        await after(connection);
    });
}
