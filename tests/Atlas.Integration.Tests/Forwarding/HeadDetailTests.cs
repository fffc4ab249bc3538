using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Forwarding;

/// <summary>Details of heads that RFC 9110 and RFC 9112 ask for.</summary>
public sealed class HeadDetailTests
{
    /// <summary>RFC 9112 3.2: an HTTP/1.1 request has a Host field, empty if the target names no authority.</summary>
    [Fact]
    public async Task Request_OfHttp10WithoutHost_IsForwardedWithAnEmptyOne()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync("GET / HTTP/1.0\r\n\r\n")).Status.ShouldBe(200);

        server.Requests.Single().All("host").Length.ShouldBe(1);
    }

    /// <summary>RFC 9110 8.6: no Content-Length in a 204 or a 1xx.</summary>
    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")]
    public async Task Response_204Or1xxWithLengthZero_LosesIt(string text)
    {
        await using var server = RecordingServer.Answering(text);
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))["content-length"].ShouldBeNull();
    }

    /// <summary>RFC 9110 15.5.6: a 405 says what is allowed.</summary>
    [Fact]
    public async Task Trace_405_NamesAllowedMethods()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"))["allow"].ShouldNotBeNull();
    }

    /// <summary>RFC 9110 7.6.3: a comment may follow the pseudonym.</summary>
    [Fact]
    public async Task Via_WithComments_IsStillALoop()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        string via = string.Concat(Enumerable.Repeat("Via: 1.1 atlas (x)\r\n", 10));

        (await atlas.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{via}\r\n")).Status.ShouldBe(508);
    }
}
