using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>What stands next to the refused rows and is fine: strict must not mean deaf.</summary>
public sealed class AcceptedRequestTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\ncontent-length:5\r\n\r\nhello", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\nhello", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\tchunked \r\n\r\n5;a;b=c;d=\"e \\\" f\"\r\nhello\r\n000\r\n\r\n", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000001\r\nh\r\nA\r\n0123456789\r\n0;x\r\n\r\n", "h0123456789")]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    [InlineData("GET http://A:80/ HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a:80\r\n\r\n", "")]
    [InlineData("GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n", "")]
    [InlineData("GET /%41?q=[] HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nName: \t x\ty \xE9 \t\r\n\r\n", "")]
    [InlineData("PURGE / HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    public async Task Request_StrictButFine_IsForwarded(string request, string body)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        foreach (char character in request)
        {
            await client.SendAsync(character.ToString());
            await atlas.TurnAsync();
        }

        (await WireMessage.ReadResponseAsync(client))!.Status.ShouldBe(200);

        server.Requests.ShouldHaveSingleItem().Body.ShouldBe(body);
        OriginGrammar.Check(server.Connections.Single().Received).ShouldBeEmpty();
    }

    [Fact]
    public async Task Chunks_ExtensionOf256Bytes_IsDroppedOnTheWay()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        WireMessage response = await atlas.AskAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;{new string('a', 255)}\r\nhello\r\n0\r\n\r\n");

        response.Status.ShouldBe(200);
        server.Connections.Single().Text().ShouldNotContain(";");
    }
}
