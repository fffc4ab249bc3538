using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Upstream;

/// <summary>A response that began, even with an interim head only, forbids to send the request again.</summary>
public sealed class InterimRaceTests
{
    [Fact]
    public async Task Get_AnsweredByAnInterimResponseOnly_IsNotRepeated()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(RecordingServer.Response("ok"));
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(103);
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(502);
        server.Requests.Count.ShouldBe(2);
    }
}
