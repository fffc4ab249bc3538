using System.Collections.Concurrent;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Upstream;

/// <summary>A server that closes a kept connection at the worst moment: what may be repeated is, and nothing else ever
/// reaches a server twice.</summary>
public sealed class KeepAliveRaceTests
{
    private const int Rounds = 100;

    /// <summary>When and how the server ends a connection on which it answered once.</summary>
    public enum Ending
    {
        /// <summary>The next request was read: FIN.</summary>
        CloseAfterRequest,

        /// <summary>The next request was read: reset.</summary>
        ResetAfterRequest,

        /// <summary>The first byte of the next request is there, unread: reset.</summary>
        CloseUnread,
    }

    [Theory]
    [InlineData(Ending.CloseAfterRequest)]
    [InlineData(Ending.ResetAfterRequest)]
    [InlineData(Ending.CloseUnread)]
    public async Task Get_OnAConnectionThatCloses_IsRepeatedAndAnswered(Ending ending)
    {
        await using RecordingServer server = ClosingServer(ending, out _);
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < Rounds; i++)
        {
            await client.SendAsync($"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull($"{i}").Status.ShouldBe(200, $"{i}");
        }
    }

    [Theory]
    [InlineData(Ending.CloseAfterRequest)]
    [InlineData(Ending.ResetAfterRequest)]
    public async Task Put_OnAConnectionThatCloses_IsRepeatedWithItsBody(Ending ending)
    {
        await using RecordingServer server = ClosingServer(ending, out _);
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < Rounds; i++)
        {
            await client.SendAsync($"PUT /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{i:d5}");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull($"{i}").Status.ShouldBe(200, $"{i}");
        }

        server.Requests.ShouldAllBe(request => request.Body.TrimStart('0') == request.StartLine.Split(' ')[1].Trim('/').TrimStart('0'));
    }

    [Theory]
    [InlineData(Ending.CloseAfterRequest)]
    [InlineData(Ending.ResetAfterRequest)]
    public async Task Post_OnAConnectionThatCloses_IsNeverSentTwice(Ending ending)
    {
        await using RecordingServer server = ClosingServer(ending, out ConcurrentDictionary<string, int> seen);
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        int failed = 0;

        for (int i = 0; i < Rounds; i++)
        {
            await client.SendAsync($"POST /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            int status = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull($"{i}").Status;
            status.ShouldBeOneOf(200, 502);
            failed += status == 502 ? 1 : 0;
        }

        seen.Count.ShouldBe(Rounds);
        seen.ShouldAllBe(pair => pair.Value == 1);
        failed.ShouldBe(Rounds / 2, "every second request met a closing connection");
    }

    /// <summary>Here the end of the connection and the next request travel at the same time.</summary>
    [Fact]
    public async Task Requests_WhileTheServerClosesAfterEveryResponse_KeepTheRules()
    {
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            if (await self.ReadRequestAsync(connection) is { } request)
            {
                seen.AddOrUpdate(request.StartLine, 1, (_, count) => count + 1);
                await connection.SendAsync(RecordingServer.Response("ok"));
            }
        });
        await using var atlas = new RunningAtlas(server);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async lane =>
        {
            using WireConnection client = await atlas.ConnectAsync();
            for (int i = 0; i < Rounds; i++)
            {
                string method = i % 2 == 0 ? "GET" : "POST";
                await client.SendAsync($"{method} /{lane}/{i} HTTP/1.1\r\nHost: a\r\n\r\n");
                int status = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status;
                status.ShouldBeOneOf(method == "GET" ? [200] : [200, 502]);
            }
        }));

        seen.ShouldAllBe(pair => pair.Key.StartsWith("GET", StringComparison.Ordinal) || pair.Value == 1);
    }

    [Fact]
    public async Task Get_AnsweredByHalfAHead_IsNotRepeated()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(RecordingServer.Response("ok"));
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Le");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        int[] statuses = new int[2];

        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            statuses[i] = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status;
        }

        statuses.ShouldBe([200, 502]);
        server.Requests.Count.ShouldBe(2);
    }

    /// <summary>Its body is too large to be at hand for a second time.</summary>
    [Fact]
    public async Task Put_LargeOnAConnectionThatCloses_IsNotRepeated()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(RecordingServer.Response("ok"));
            await self.ReadRequestAsync(connection);
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        string big = new('x', 300_000);

        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync($"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {big.Length}\r\n\r\n{big}");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(i == 0 ? 200 : 502);
        }

        server.Requests.Count.ShouldBe(2);
    }

    /// <summary>However many kept connections are dead, a fresh one is forced after a few.</summary>
    [Fact]
    public async Task Get_WithManyDeadKeptConnections_IsAnswered()
    {
        const int kept = 8;
        using var all = new SemaphoreSlim(0);
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            (await all.WaitAsync(WireConnection.Deadline)).ShouldBeTrue();
            await connection.SendAsync(RecordingServer.Response("ok"));
            if (await self.ReadRequestAsync(connection) is { } request)
            {
                seen.AddOrUpdate(request.StartLine, 1, (_, count) => count + 1);
            }
        });
        await using var atlas = new RunningAtlas(new AtlasOptions { Workers = 1 }, server);
        Task<WireMessage>[] first = [.. Enumerable.Range(0, kept).Select(_ => atlas.AskAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\n"))];
        await atlas.UntilAsync(() => server.Requests.Count == kept, "not all at once");
        all.Release(kept + 1);
        await Task.WhenAll(first);

        (await atlas.AskAsync("GET /second HTTP/1.1\r\nHost: a\r\n\r\n")).Status.ShouldBe(200);

        seen["GET /second HTTP/1.1"].ShouldBeInRange(1, 3);
    }

    /// <summary>Answers once per connection; the next request ends it.</summary>
    private static RecordingServer ClosingServer(Ending ending, out ConcurrentDictionary<string, int> seen)
    {
        var counts = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        seen = counts;
        return new RecordingServer(async (self, connection) =>
        {
            for (int i = 0; i < 2; i++)
            {
                if (i == 1 && ending == Ending.CloseUnread)
                {
                    await connection.UntilNewsAsync();
                    return;
                }

                if (await self.ReadRequestAsync(connection) is not { } request)
                {
                    return;
                }

                counts.AddOrUpdate(request.StartLine, 1, (_, count) => count + 1);
                if (i == 0)
                {
                    await connection.SendAsync(RecordingServer.Response("ok"));
                }
            }

            if (ending == Ending.ResetAfterRequest)
            {
                connection.Reset();
            }
        });
    }
}
