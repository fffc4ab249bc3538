using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Limits;

/// <summary>The limits on messages with their defaults: at the bound fine, one past it refused.</summary>
public sealed class LimitTests
{
    private const int LineBytes = 16 * 1024;
    private const int HeaderBytes = 64 * 1024;
    private const int Fields = 128;

    [Theory]
    [InlineData(LineBytes, 200)]
    [InlineData(LineBytes + 1, 414)]
    public async Task Request_LineAtItsBound(int bytes, int status)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        string line = "GET /" + new string('a', bytes - "GET / HTTP/1.1\r\n".Length) + " HTTP/1.1\r\n";

        WireMessage response = await atlas.AskAsync(line + "Host: a\r\n\r\n");

        line.Length.ShouldBe(bytes);
        response.Status.ShouldBe(status);
        server.Requests.Count.ShouldBe(status == 200 ? 1 : 0);
    }

    [Theory]
    [InlineData(HeaderBytes, 200)]
    [InlineData(HeaderBytes + 1, 431)]
    public async Task Request_HeaderBytesAtTheirBound(int bytes, int status)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        WireMessage response = await atlas.AskAsync("GET / HTTP/1.1\r\n" + Section("Host: a\r\n", bytes));

        response.Status.ShouldBe(status);
        server.Requests.Count.ShouldBe(status == 200 ? 1 : 0);
    }

    [Theory]
    [InlineData(Fields, 200)]
    [InlineData(Fields + 1, 431)]
    public async Task Request_FieldsAtTheirBound(int count, int status)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        string fields = string.Concat(Enumerable.Range(0, count - 1).Select(i => $"Name-{i}: x\r\n"));

        WireMessage response = await atlas.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

        response.Status.ShouldBe(status);
        server.Requests.Count.ShouldBe(status == 200 ? 1 : 0);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 413)]
    public async Task Request_LengthAtItsBound(int bytes, int status)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(new AtlasOptions { MaxBodyBytes = 1000 }, server);

        WireMessage response = await atlas.AskAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {bytes}\r\n\r\n{new string('x', bytes)}");

        response.Status.ShouldBe(status);
        server.Requests.Count.ShouldBe(status == 200 ? 1 : 0);
    }

    [Theory]
    [InlineData(HeaderBytes, 200)]
    [InlineData(HeaderBytes + 1, 502)]
    public async Task Response_HeaderBytesAtTheirBound(int bytes, int status)
    {
        await using var server = RecordingServer.Answering("HTTP/1.1 200 OK\r\n" + Section("Content-Length: 0\r\n", bytes));
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData(Fields, 200)]
    [InlineData(Fields + 1, 502)]
    public async Task Response_FieldsAtTheirBound(int count, int status)
    {
        string fields = string.Concat(Enumerable.Range(0, count - 1).Select(i => $"Name-{i}: x\r\n"));
        await using var server = RecordingServer.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{fields}\r\n");
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.ShouldBe(status);
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
