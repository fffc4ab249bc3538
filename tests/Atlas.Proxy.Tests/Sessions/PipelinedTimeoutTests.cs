using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A client sends its next request before the first is answered, whose time then passes.</summary>
public sealed class PipelinedTimeoutTests
{
    private const int LimitMs = 500;

    /// <summary>What ends the first lets the next begin in the same moment, and that one waits for a server: its wait is its
    /// own.</summary>
    [Fact]
    public void Exchange_TimePassesWhileTheNextRequestIsThere_EndsThatOneAlone()
    {
        var world = new ProxyWorld(
            seed: 7,
            SimulationOptions.Calm,
            pool: pool => QueueWorld.Limited(pool, maxConnections: 1, limit: 10),
            listener: front => front with
            {
                Routes = new ListenerRoutes([new RouteSnapshot("all") { Pool = front.Routes.Routes[0].Pool, RequestMs = LimitMs }]),
            });
        world.Server.Script = async turn =>
        {
            if (turn.Request.Target == "/silent")
            {
                await turn.Reader.ToEndAsync();
                turn.Stream.Close();
                return;
            }

            await turn.Loop.DelayAsync(50);
            await turn.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        };
        world.Run(async () =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/silent") + Routes.Get("/next")));
            await world.DelayAsync(LimitMs / 2);

            // Gets the first one's place, so that the next has to wait for it.
            var other = new LoopSignal(world.Loop);
            world.Guard(async () =>
            {
                await world.AskAsync(Routes.Get("/other"), 204);
                other.Set();
            });
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(504);
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(204);
            await other;
            world.Server.Seen.Select(request => request.Target).ShouldBe(["/silent", "/other", "/next"]);
            world.Pool.Queue.Entered.ShouldBe(2);
        });
    }
}
