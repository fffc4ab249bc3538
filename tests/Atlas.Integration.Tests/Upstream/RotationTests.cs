using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Upstream;

/// <summary>Round robin is exact, whichever worker a connection is on.</summary>
public sealed class RotationTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Requests_OneAfterTheOther_GoRoundInOrder()
    {
        await using var a = new RecordingServer(name: "A");
        await using var b = new RecordingServer(name: "B");
        await using var c = new RecordingServer(name: "C");
        await using var atlas = new RunningAtlas(a, b, c);
        WireConnection[] clients = [.. await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => atlas.ConnectAsync()))];
        var order = new List<string>();

        for (int i = 0; i < 70; i++)
        {
            WireConnection client = clients[i % clients.Length];
            await client.SendAsync(Request);
            order.Add((await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Body);
        }

        int first = "ABC".IndexOf(order[0][0], StringComparison.Ordinal);
        order.ShouldBe(Enumerable.Range(first, 70).Select(i => "ABC"[i % 3].ToString()));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Requests_OfManyConnectionsAtOnce_AreSharedExactly()
    {
        const int connections = 64;
        const int each = 25;
        await using var a = new RecordingServer(name: "A");
        await using var b = new RecordingServer(name: "B");
        await using var c = new RecordingServer(name: "C");
        await using var atlas = new RunningAtlas(a, b, c);

        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using WireConnection client = await atlas.ConnectAsync();
            for (int i = 0; i < each; i++)
            {
                await client.SendAsync(Request);
                (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
            }
        }));

        int[] counts = [a.Requests.Count, b.Requests.Count, c.Requests.Count];
        counts.Sum().ShouldBe(connections * each);
        (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1, string.Join(' ', counts));
    }
}
