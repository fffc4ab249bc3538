using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Worlds whose servers take few requests at once.</summary>
internal static class QueueWorld
{
    internal const int Seeds = 24;
    internal const int TimeoutMs = 5_000;

    internal static readonly byte[] Get = ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    internal static ProxyWorld World(
        int seed, int maxConnections, int limit = 100, int workers = 1, int servers = 1, int? inUse = null, double panicShare = 0.5) => new(
        seed,
        servers: servers,
        workers: workers,
        pool: pool => Limited(
            inUse is int count ? new PoolSnapshot(pool.Name, [.. pool.Servers.Take(count)]) : pool, maxConnections, limit, panicShare));

    internal static PoolSnapshot Limited(PoolSnapshot pool, int maxConnections, int limit, double panicShare = 0.5)
    {
        foreach (ServerState server in pool.Servers)
        {
            server.Balancing.Configure(new ServerConfig { MaxConnections = maxConnections });
        }

        var balancer = new PoolBalancer(
            BalanceAlgorithm.RoundRobin, [.. pool.Servers.Select(s => s.Balancing)], new RosterOptions(panicShare, 0), previous: null, nowMs: 0);
        return new PoolSnapshot(pool.Name, pool.Servers, balancer) { QueueLimit = limit, QueueTimeoutMs = TimeoutMs };
    }

    internal static void Reload(ProxyWorld world, PoolSnapshot pool)
    {
        var before = new ProxySnapshot([world.Front.Snapshot], [world.Pool]);
        world.Front.Snapshot = new HttpListenerSnapshot("front", pool);
        new ProxySnapshot([world.Front.Snapshot], [pool]).TakeOver(before);
    }

    /// <summary>Sends a request to the last worker that is to be told at once that no server takes it.</summary>
    internal static Countdown Waits(ProxyWorld world)
    {
        var left = new Countdown(world, 1);
        world.Guard(async () =>
        {
            WireMessage response = await AskAsync(world, "/waits", world.Loops.Count - 1);
            response.Status.ShouldBe(503);
            response.Field("proxy-status").ShouldBe("atlas; error=destination_unavailable");
            left.Signal();
        });
        return left;
    }

    internal static void SlowAnswers(ProxyWorld world, int ms) => world.Servers.ForEach(server => server.Script = async turn =>
    {
        await turn.Loop.DelayAsync(ms);
        await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });

    /// <summary>Sends requests, one after the other, and does not wait for their answers.</summary>
    internal static async Flow FillAsync(ProxyWorld world, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (ByteStream client, WireReader _) = await world.ConnectAsync();
            await client.SendAllAsync(Get);
            int busy = i + 1;
            await UntilAsync(world, () => world.Server.State.Balancing.Active + world.Pool.Queue.Length == busy);
        }
    }

    internal static async ResultFlow<WireMessage> AskAsync(ProxyWorld world, string target, int worker = 0)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync(worker);
        await client.SendAllAsync(ProxyWorld.Bytes($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        client.Close();
        return response;
    }

    internal static async Flow UntilAsync(ProxyWorld world, Func<bool> isTrue)
    {
        for (int i = 0; !isTrue(); i++)
        {
            i.ShouldBeLessThan(100_000, "it never comes");
            await world.DelayAsync(1);
        }
    }
}
