using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Connections that end while their clients have not taken all of the last response.</summary>
public sealed class SlowClientTests
{
    private const int Length = 10_000;

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    public void Drain_LastResponseIsNotTaken_IsSentWhole(int readsAfterMs) => Check(
        front => front,
        async (world, client) =>
        {
            world.Proxy.Drain(world.Front);
            await world.DelayAsync(readsAfterMs);
        });

    [Fact]
    public void Idle_LastResponseIsNotTaken_IsSentWhole() =>
        Check(front => front with { IdleMs = 5_000 }, async (world, _) => await world.DelayAsync(10_000));

    [Fact]
    public void Drain_LastResponseIsNeverTaken_EndsAfterTheLinger() => Check(
        front => front with { BodyIdleMs = 600_000 },
        async (world, client) =>
        {
            world.Proxy.Drain(world.Front);
            await world.DelayAsync(5_000 + LingeringClose.MaxMs - 2_000);
            world.Sessions.ShouldBe(1);
            await world.DelayAsync(2_000 + LingeringClose.IdleMs + 1_000);
            world.Sessions.ShouldBe(0);
        },
        isWhole: false);

    private static void Check(Func<HttpListenerSnapshot, HttpListenerSnapshot> listener, Func<ProxyWorld, ByteStream, Flow> wait, bool isWhole = true) =>
        ProxyWorld.ForSeeds(
            1,
            seed => new ProxyWorld(seed, SimulationOptions.Calm with { Window = 1_000 }, listener: listener),
            async world =>
            {
                world.Server.Script = turn => turn.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n{new string('x', Length)}");
                (ByteStream client, WireReader reader) = await world.ConnectAsync();
                await client.SendAllAsync([.. ClientFrames.Opening, .. ClientFrames.Get(1)]);
                await world.DelayAsync(1_000);

                await wait(world, client);

                byte[] received = await reader.ToEndAsync();
                (received.Count(one => one == 'x') == Length).ShouldBe(isWhole);
                client.Close();
            });
}
