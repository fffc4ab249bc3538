using System.Diagnostics;
using Atlas.Integration.Tests.Strictness;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Fuzz;

/// <summary>Mutated requests for a few seconds: the process lives, every buffer comes back (the end of
/// <see cref="RunningAtlas"/> sees to that), and servers only ever saw requests of the narrowest grammar.</summary>
public sealed class FuzzTests
{
    private const int Lanes = 4;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);
    private static readonly AtlasOptions Options = new() { HeadersMs = 150, IdleMs = 150, BodyIdleMs = 150, ResponseMs = 1_000 };

    [Fact]
    public async Task Requests_Mutated_NeverReachAServerOdd()
    {
        int seed = Random.Shared.Next();
        await using var server = new RecordingServer();
        int sent = 0;
        await using (var atlas = new RunningAtlas(Options, server))
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(async () =>
            {
                var random = new Random(seed + lane);
                var watch = Stopwatch.StartNew();
                while (watch.Elapsed < Time)
                {
                    await SendAsync(atlas, MutatedRequests.Next(random), random);
                    Interlocked.Increment(ref sent);
                }
            })));
            (await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.ShouldBe(200, "it no longer serves");
        }

        sent.ShouldBeGreaterThan(Lanes);
        server.Requests.ShouldNotBeEmpty();
        server.Failures.ShouldBeEmpty($"seed {seed}");
        server.Connections.SelectMany(connection => OriginGrammar.Check(connection.Received)).ShouldBeEmpty($"seed {seed}");
    }

    /// <summary>The same from the other side: mutated responses end as responses or with the connection.</summary>
    [Fact]
    public async Task Responses_Mutated_HarmNobody()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            while (await self.ReadRequestAsync(connection) is not null)
            {
                byte[] response;
                bool ends;
                lock (random)
                {
                    response = MutatedResponses.Next(random);
                    ends = random.Next(4) == 0;
                }

                await connection.SendAsync(response);
                if (ends)
                {
                    return;
                }
            }
        });
        await using var atlas = new RunningAtlas(Options with { ResponseMs = 150 }, server);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(async () =>
        {
            while (watch.Elapsed < Time / 2)
            {
                using WireConnection client = await atlas.ConnectAsync();
                await client.TrySendAsync("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, te\r\n\r\n"u8.ToArray());
                await client.TakeToEndAsync();
                client.Text().ShouldStartWith("HTTP/1.1 ", customMessage: $"seed {seed}");
            }
        })));
        server.Failures.ShouldBeEmpty($"seed {seed}");
    }

    private static async Task SendAsync(RunningAtlas atlas, byte[] bytes, Random random)
    {
        using WireConnection client = await atlas.ConnectAsync();
        int cut = random.Next(bytes.Length + 1);
        if (await client.TrySendAsync(bytes.AsMemory(0, cut)) && await client.TrySendAsync(bytes.AsMemory(cut)))
        {
            switch (random.Next(8))
            {
                case 0:
                    client.Reset();
                    return;
                case 1:
                    client.ShutdownSend();
                    break;
                default:
                    break;
            }
        }

        await client.TakeToEndAsync();
    }
}
