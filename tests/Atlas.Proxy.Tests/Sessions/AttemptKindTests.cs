using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What attempts beyond the first are counted as.</summary>
public sealed class AttemptKindTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public void Refused_TheNextServer_CountsAFailoverAndNoRetry() => Run(
        world => world.Servers[0].Listener.Refuses = true,
        world => Of(world, 1).ShouldBe((Retries: 0, Failovers: 1, Repeats: 0)));

    [Fact]
    public void Status_TheNextServer_CountsARetryAndNoFailover() => Run(
        world => world.Servers[0].Script = turn => turn.SendAsync(Unavailable),
        world => Of(world, 1).ShouldBe((Retries: 1, Failovers: 0, Repeats: 0)));

    [Fact]
    public void ConnectTimeout_TheNextServer_CountsARetry() => Run(
        world => world.Servers[0].Listener.IsSilent = true,
        world => Of(world, 1).ShouldBe((Retries: 1, Failovers: 0, Repeats: 0)));

    [Fact]
    public void KeptConnection_ClosesAsTheRequestComes_CountsARepeatOnly()
    {
        var world = new ProxyWorld(1, SimulationOptions.Calm);
        int turns = 0;
        world.Server.Script = async turn =>
        {
            if (++turns == 2)
            {
                // The second request of the connection: the server reads it and leaves.
                turn.Stream.Close();
                return;
            }

            await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
        world.Run(async () =>
        {
            await world.AskAsync(Get, 200);
            await world.AskAsync(Get, 200);
            Of(world, 0).ShouldBe((Retries: 0, Failovers: 0, Repeats: 1));
            world.Server.State.Metrics!.Attempts.ShouldBe(3);
        });
    }

    private static void Run(Action<ProxyWorld> arrange, Action<ProxyWorld> check)
    {
        var world = new ProxyWorld(1, SimulationOptions.Calm, servers: 2, pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
        {
            Retry = RetryPolicy.Of(new RetryConfig { OnStatuses = [503] }),
            RetryShare = 1,
        });
        world.Run(async () =>
        {
            arrange(world);
            await world.AskAsync(Get, 200);
            Of(world, 0).ShouldBe((0, 0, 0));
            check(world);
        });
    }

    private static (long Retries, long Failovers, long Repeats) Of(ProxyWorld world, int server)
    {
        ServerMetrics metrics = world.Servers[server].State.Metrics!;
        return (metrics.Retries, metrics.Failovers, metrics.Repeats);
    }
}
