using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Servers whose processes die with the request: they break its connection and refuse the next.</summary>
public sealed class DyingServerTests
{
    private const int Seeds = 24;

    /// <summary>The first that dies costs the one attempt; two more are as if they had refused from the start.</summary>
    [Theory]
    [InlineData("GET", 1, 1, 200, 1)]
    [InlineData("GET", 2, 1, 200, 2)]
    [InlineData("GET", 3, 1, 200, 3)]
    [InlineData("GET", 4, 1, 502, 4)]
    [InlineData("GET", 3, 0, 502, 1)]
    [InlineData("POST", 1, 1, 502, 1)]
    public void Servers_DieOneAfterTheOther_AreGoneWithoutCountingUpToABound(
        string method, int dying, int attempts, int status, int died) => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 6, new RetryConfig { Attempts = attempts }),
        async world =>
        {
            foreach (WireServer server in world.Servers.Take(dying))
            {
                server.Script = async turn =>
                {
                    server.Listener.Refuses = true;
                    turn.Stream.Abort();
                };
            }

            await world.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", status, method);
            world.Servers.Count(server => server.Listener.Refuses).ShouldBe(died);
            world.Pool.RetryBudget.Retries.ShouldBe(0);
        });

    /// <summary>One that lives may do so to every request: it counts.</summary>
    [Fact]
    public void Servers_BreakConnectionsAndLive_CountAsAttempts() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 4, new RetryConfig()),
        async world =>
        {
            world.Servers.ForEach(server => server.Script = async turn => turn.Stream.Abort());
            await world.AskAsync(Routes.Get("/"), 502);
            world.Servers.Sum(server => server.Seen.Count).ShouldBe(2);
        });

    /// <summary>Its host is gone, and whatever is sent there is dropped.</summary>
    [Fact]
    public void Server_BreaksTheConnectionAndIsSilent_IsAskedForASecondAtMost()
    {
        ProxyWorld world = World(1, servers: 2, new RetryConfig());
        world.Run(async () =>
        {
            world.Servers.ForEach(server => server.Script = async turn =>
            {
                server.Listener.IsSilent = true;
                turn.Stream.Abort();
            });
            await world.AskAsync(Routes.Get("/"), 502);
            world.Network.ElapsedMs.ShouldBeLessThan(3_000);
        });
    }

    [Fact]
    public void Client_LeavesWhileTheServerIsAsked_EndsTheRequest() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 4, new RetryConfig()),
        async world =>
        {
            world.Servers.ForEach(server => server.Script = async turn =>
            {
                server.Listener.IsSilent = true;
                turn.Stream.Abort();
            });
            (ByteStream client, WireReader _) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
            await QueueWorld.UntilAsync(world, () => world.Servers.Count(server => server.Listener.IsSilent) == 2);
            client.Abort();
            await world.DelayAsync(10_000);
            world.Servers.Sum(server => server.Seen.Count).ShouldBe(2);
            world.Servers.ShouldAllBe(server => server.State.Balancing.Active == 0);
        });

    private static ProxyWorld World(int seed, int servers, RetryConfig retry) => new(
        seed,
        servers: servers,
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { Retry = RetryPolicy.Of(retry), RetryShare = retry.BudgetShare });
}
