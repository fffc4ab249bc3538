using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tcp;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>Clients, a TCP listener and servers in a simulated network.</summary>
internal sealed class TcpWorld
{
    internal const int Seeds = 60;

    private TcpWorld()
    {
    }

    internal ProxyWorld World { get; private set; } = null!;

    internal TcpProxy Proxy { get; } = new();

    internal TcpListener Listener { get; private set; } = null!;

    internal ListenerMetrics Metrics { get; private set; } = null!;

    internal static void ForSeeds(
        Func<TcpWorld, Flow> scenario,
        int servers = 1,
        Func<PoolSnapshot, PoolSnapshot>? pool = null,
        Func<TcpListenerSnapshot, TcpListenerSnapshot>? listener = null,
        int seeds = Seeds)
    {
        TcpWorld world = null!;
        ProxyWorld.ForSeeds(
            seeds,
            seed =>
            {
                world = Make(seed, options: null, servers, pool, listener);
                return world.World;
            },
            _ => scenario(world));
    }

    /// <summary>A calm world, for what has to happen in its millisecond.</summary>
    internal static void Run(
        Func<TcpWorld, Flow> scenario,
        int servers = 1,
        Func<PoolSnapshot, PoolSnapshot>? pool = null,
        Func<TcpListenerSnapshot, TcpListenerSnapshot>? listener = null)
    {
        TcpWorld world = Make(seed: 3, SimulationOptions.Calm, servers, pool, listener);
        world.World.Run(() => scenario(world));
    }

    /// <summary>Lets a server's connections be served as they come.</summary>
    internal void Serve(int server, Func<ServerTurn, Flow> serve) => World.Servers[server].OnConnect = async turn =>
    {
        await serve(turn);
        return true;
    };

    /// <summary>A server that sends back what comes, ends when the client does, and tells first who it is.</summary>
    internal void Echo(int server) => Serve(server, async turn =>
    {
        await turn.Stream.SendAllAsync(ProxyWorld.Bytes($"{server}"));
        byte[] piece = new byte[4096];
        int received;
        while ((received = await turn.Stream.ReceiveSomeAsync(piece)) > 0)
        {
            await turn.Stream.SendAllAsync(piece[..received]);
        }
    });

    /// <summary>Connects, and reads which server answers.</summary>
    internal async ResultFlow<(ByteStream Client, WireReader Reader, string Server)> GreetedAsync()
    {
        (ByteStream client, WireReader reader) = await World.ConnectAsync();
        byte[] name = await reader.BytesAsync(1);
        return (client, reader, System.Text.Encoding.ASCII.GetString(name));
    }

    private static TcpWorld Make(
        int seed,
        SimulationOptions? options,
        int servers,
        Func<PoolSnapshot, PoolSnapshot>? pool,
        Func<TcpListenerSnapshot, TcpListenerSnapshot>? listener)
    {
        var world = new TcpWorld { Metrics = new ProxyMetrics(workers: 1).Listener("front") };
        world.World = new ProxyWorld(seed, options, servers, pool, serve: made =>
        {
            var snapshot = new TcpListenerSnapshot("front") { Pool = made, Metrics = world.Metrics };
            world.Listener = new TcpListener(listener is null ? snapshot : listener(snapshot));
            return world.Proxy.Handler(world.Listener);
        });
        return world;
    }
}
