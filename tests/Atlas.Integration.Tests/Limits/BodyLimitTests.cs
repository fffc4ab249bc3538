using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Limits;

/// <summary>Limits of bodies and room in the proxy's buffers.</summary>
public sealed class BodyLimitTests
{
    private const int LineBytes = 16 * 1024;

    /// <summary>Around the lengths of the proxy's own buffers, where what it adds needs room too.</summary>
    [Fact]
    public async Task Request_HeadAroundABufferLength_IsForwarded()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        foreach (int bytes in Enumerable.Range(LineBytes - 420, 440).Where(bytes => bytes % 7 == 0 || Math.Abs(bytes - LineBytes) < 4))
        {
            string line = "POST / HTTP/1.1\r\n";
            await client.SendAsync(line + Section("Host: a\r\nTransfer-Encoding: chunked\r\n", bytes - line.Length));
            await atlas.TurnAsync();
            await client.SendAsync("5\r\nhello\r\n0\r\n\r\n");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull($"{bytes}").Status.ShouldBe(200, $"{bytes}");
            server.Requests.Last().Body.ShouldBe("hello", $"{bytes}");
        }
    }

    [Fact]
    public async Task Request_TrailersBehindALongHead_AreForwarded()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        string head = "POST / HTTP/1.1\r\n" + Section("Host: a\r\nTransfer-Encoding: chunked\r\n", 12_000);

        WireMessage response = await atlas.AskAsync($"{head}5\r\nhello\r\n0\r\nName: {new string('x', 6000)}\r\n\r\n");

        response.Status.ShouldBe(200);
        server.Requests.Single().Trailers.Single().Value.Length.ShouldBe(6000);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 413)]
    public async Task Request_ChunkedBodyAtItsBound(int bytes, int status)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(new AtlasOptions { MaxBodyBytes = 1000 }, server);
        string body = new('x', bytes);

        WireMessage response = await atlas.AskAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1F4\r\n{body[..500]}\r\n{bytes - 500:x}\r\n{body[500..]}\r\n0\r\n\r\n");

        response.Status.ShouldBe(status);
        server.Requests.Count.ShouldBe(status == 200 ? 1 : 0);
    }

    /// <summary>The bound is on data, not on the framing that comes with it: many small chunks cost the client, not the
    /// limit.</summary>
    [Fact]
    public async Task Request_SmallChunksUpToTheBound_AreForwarded()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(new AtlasOptions { MaxBodyBytes = 1000 }, server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 1000; i += 4)
        {
            await client.SendAsync("4\r\nabcd\r\n");
            await atlas.TurnAsync();
        }

        await client.SendAsync("0\r\n\r\n");
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
        server.Requests.Single().Body.Length.ShouldBe(1000);
    }

    /// <summary>A field section of exactly so many bytes, with its empty line, in fields of at most 8 KiB.</summary>
    private static string Section(string first, int bytes)
    {
        var section = new System.Text.StringBuilder(first);
        int left = bytes - first.Length - 2;
        while (left > 0)
        {
            int part = left > 8192 ? 8000 : left;
            section.Append("N: ").Append('x', part - 5).Append("\r\n");
            left -= part;
        }

        string text = section.Append("\r\n").ToString();
        text.Length.ShouldBe(bytes);
        return text;
    }
}
