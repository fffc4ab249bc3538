using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Idle connections of a listener that drains close over a time, not all at once.</summary>
public sealed class CloseSpreadTests
{
    private const int Clients = 200;
    private const int SpreadMs = 10_000;

    private static readonly byte[] Get = ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Drain_IdleConnections_CloseSpreadOverTheTime(bool used)
    {
        List<long> ends = [];
        Run(async world =>
        {
            await OpenAsync(world, used, ends);
            long beganMs = world.NowMs;
            world.Proxy.Drain(world.Front, SpreadMs);
            await world.DelayAsync(SpreadMs + 1_000);

            world.Sessions.ShouldBe(0);
            ends.Count.ShouldBe(Clients);
            int[] bySecond = [.. Enumerable.Range(0, SpreadMs / 1000)
                .Select(second => ends.Count(end => (end - beganMs) / 1000 == second))];
            bySecond.Sum().ShouldBe(Clients, "none closes before or after");

            // Twenty are expected in each; of ten million seeds one gives more than sixty or none.
            bySecond.ShouldAllBe(count => count > 0 && count <= 60);
        });
    }

    [Fact]
    public void Drain_NoSpread_ClosesAllAtOnce()
    {
        List<long> ends = [];
        Run(async world =>
        {
            await OpenAsync(world, used: true, ends);
            long beganMs = world.NowMs;
            world.Proxy.Drain(world.Front);
            await world.DelayAsync(1_000);

            ends.Count.ShouldBe(Clients);
            ends.ShouldAllBe(end => end - beganMs < 10);
        });
    }

    [Fact]
    public void Drain_RequestBeforeItsConnectionCloses_IsAnsweredAndEndsIt() => Run(async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await AskAsync(client, reader, "keep-alive");
        world.Proxy.Drain(world.Front, int.MaxValue);
        await world.DelayAsync(60_000);

        world.Sessions.ShouldBe(1, "its moment is not likely to have come: for one in 35,000 seeds");
        await AskAsync(client, reader, "close");
        (await reader.ToEndAsync()).ShouldBeEmpty();
        reader.Last.ShouldBe(0);
        world.Sessions.ShouldBe(0);
    });

    [Fact]
    public void Drain_ResponseUnderWayThatKeepsTheConnection_ClosesWithinTheSpread() => Run(async world =>
    {
        world.Server.Script = async turn =>
        {
            await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
            await turn.Loop.DelayAsync(5_000);
            await turn.SendAsync("y");
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(Get);
        await world.DelayAsync(1_000);
        long beganMs = world.NowMs;
        world.Proxy.Drain(world.Front, SpreadMs);

        (await reader.ResponseAsync("GET")).ShouldNotBeNull().IsWhole.ShouldBeTrue();
        (await reader.ToEndAsync()).ShouldBeEmpty();
        (world.NowMs - beganMs).ShouldBeInRange(4_000, SpreadMs);
    });

    [Fact]
    public void Abort_WithinTheSpread_EndsWhatIsLeft() => Run(async world =>
    {
        List<long> ends = [];
        await OpenAsync(world, used: true, ends);
        world.Proxy.Drain(world.Front, int.MaxValue);
        await world.DelayAsync(1_000);
        world.Sessions.ShouldBeGreaterThan(0);
        world.Proxy.Abort(world.Front, tunnels: true);
        await world.DelayAsync(1_000);

        world.Sessions.ShouldBe(0);
        ends.Count.ShouldBe(Clients);
    });

    private static void Run(Func<ProxyWorld, Flow> scenario)
    {
        var world = new ProxyWorld(seed: 11, SimulationOptions.Calm);
        world.Run(() => scenario(world));
    }

    private static async Flow OpenAsync(ProxyWorld world, bool used, List<long> ends)
    {
        for (int i = 0; i < Clients; i++)
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            if (used)
            {
                await AskAsync(client, reader, "keep-alive");
            }

            world.Guard(async () =>
            {
                await reader.ToEndAsync();
                ends.Add(world.NowMs);
                client.Close();
            });
        }

        await world.DelayAsync(1_000);
        world.Sessions.ShouldBe(Clients);
        ends.ShouldBeEmpty();
    }

    private static async Flow AskAsync(ByteStream client, WireReader reader, string connection)
    {
        await client.SendAllAsync(Get);
        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        response.Status.ShouldBe(200);
        (response.Field("connection") ?? "keep-alive").ShouldBe(connection);
    }
}
