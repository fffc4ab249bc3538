using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests;

/// <summary>The shortest ways through.</summary>
public sealed class SmokeTests
{
    [Fact]
    public async Task Atlas_PipelinedRequests_AreAnsweredInOrder()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

        (await WireMessage.ReadResponseAsync(client))!.Status.ShouldBe(200);
        (await WireMessage.ReadResponseAsync(client))!.Body.ShouldBe("A");
        server.Requests.Select(request => request.StartLine).ShouldBe(["GET /1 HTTP/1.1", "GET /2 HTTP/1.1"]);
    }
}
