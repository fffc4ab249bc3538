using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What every failure of a simulation relies on: its seed repeats it.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void World_SameSeed_GivesTheSameRun(int seed) => Run(seed).ShouldBe(Run(seed));

    [Fact]
    public void World_OtherSeed_GivesAnotherRun() => Run(0).ShouldNotBe(Run(4));

    /// <summary>Has servers chosen, waits drawn and ids made by chance.</summary>
    /// <returns>What each server saw and when.</returns>
    private static string Run(int seed)
    {
        var world = new ProxyWorld(seed, servers: 4, pool: Chosen);
        var seen = new StringBuilder();
        world.Servers.ForEach(server => server.Script = async turn =>
        {
            seen.Append($"{world.Network.ElapsedMs} {server.State.Name} {turn.Request.Target} {turn.Request.Field("x-request-id")}\n");
            if (world.Random.Next(4) == 0)
            {
                turn.Stream.Abort();
                return;
            }

            await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        world.Run(async () =>
        {
            for (int i = 0; i < 12; i++)
            {
                (ByteStream client, WireReader reader) = await world.ConnectAsync();
                await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get($"/{i}")));
                await reader.ResponseAsync("GET");
            }

            world.Proxy.Drain(world.Front, closeSpreadMs: 60_000);
        });
        return seen.Append(world.Network.ElapsedMs).ToString();
    }

    private static PoolSnapshot Chosen(PoolSnapshot pool) => new(
        pool.Name,
        pool.Servers,
        new PoolBalancer(
            BalanceAlgorithm.Random, [.. pool.Servers.Select(s => s.Balancing)], new RosterOptions(0.5, 0), previous: null, nowMs: 0))
    {
        Retry = new Retries.RetryPolicy { Attempts = 3 },
    };
}
