using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Limits;

/// <summary>Interim responses have a bound, as everything that a peer can repeat has.</summary>
public sealed class InterimLimitTests
{
    [Fact]
    public async Task Server_SendsInterimForever_Ends()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            for (int i = 0; i < 100_000; i++)
            {
                await connection.SendAsync("HTTP/1.1 102 Processing\r\n\r\n");
            }

            await connection.SendAsync(RecordingServer.Response("ok"));
        });
        await using var atlas = new RunningAtlas(server);
        (await atlas.AskAsync("GET / HTTP/1.0\r\nHost: a\r\n\r\n")).Status.ShouldBe(502);
    }
}
