using System.Net;
using System.Text;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A client, the proxy and servers in a simulated network. At its end every session must have ended, and nothing
/// may be left.</summary>
public sealed class ProxyWorld
{
    // Longer than a session whose client was cut off needs for the requests that it sent before.
    private const int QuietMs = 600_000;

    private readonly SimulatedLoop _outside;
    private readonly List<SimulatedListener> _listeners = [];
    private readonly List<ByteStream> _clients = [];
    private Exception? _error;

    public ProxyWorld(
        int seed,
        SimulationOptions? options = null,
        int servers = 1,
        Func<PoolSnapshot, PoolSnapshot>? pool = null,
        Func<HttpListenerSnapshot, HttpListenerSnapshot>? listener = null,
        int workers = 1,
        Func<PoolSnapshot, IConnectionHandler>? serve = null)
    {
        Random = new Random(seed);
        Network = new SimulatedWorld(seed, options ?? OptionsOf(seed));
        Loops = [.. Enumerable.Range(0, workers).Select(_ => Network.AddLoop())];
        _outside = Network.AddLoop();
        for (int i = 0; i < servers; i++)
        {
            var address = SocketAddress.OfIp(IPAddress.Parse($"192.0.2.{i + 1}"), 8080);
            Servers.Add(new WireServer(this, $"s{i}", address, _outside));
        }

        var snapshot = new PoolSnapshot("pool", [.. Servers.Select(server => server.State)]);
        Pool = pool is null ? snapshot : pool(snapshot);
        var front = new HttpListenerSnapshot("front", Pool);
        Front = new HttpListener(listener is null ? front : listener(front));
        IConnectionHandler handler = serve?.Invoke(Pool) ?? Proxy.Handler(Front);
        for (int i = 0; i < workers; i++)
        {
            _listeners.Add(Network.Listen(AddressOf(i), Loops[i], handler));
        }
    }

    public SimulatedWorld Network { get; }

    /// <summary>The loops of the proxy alone, one for each worker: what they lend is the proxy's.</summary>
    public IReadOnlyList<SimulatedLoop> Loops { get; }

    /// <summary>The loop of the first worker.</summary>
    public SimulatedLoop Loop => Loops[0];

    /// <summary>The pool that requests go to.</summary>
    public PoolSnapshot Pool { get; }

    public Random Random { get; }

    public HttpProxy Proxy { get; } = new();

    public HttpListener Front { get; }

    public List<WireServer> Servers { get; } = [];

    public WireServer Server => Servers[0];

    /// <summary>Client connections that the proxy has not ended.</summary>
    public int Sessions => _listeners.Sum(listener => listener.Connections);

    public long NowMs => Network.NowMs;

    /// <summary>The most buffers that the proxy had lent at once.</summary>
    public int MostLent { get; private set; }

    /// <summary>Runs a scenario for many seeds; a failure names its seed.</summary>
    public static void ForSeeds(int count, Func<int, ProxyWorld> make, Func<ProxyWorld, Flow> scenario)
    {
        for (int seed = 0; seed < count; seed++)
        {
            ProxyWorld world = make(seed);
            try
            {
                world.Run(() => scenario(world));
            }
            catch (Exception e) when (e is not SimulationException)
            {
                throw new SimulationException($"seed {seed}, after {world.Network.ElapsedMs} ms: {e.Message}\n{e.StackTrace}");
            }
        }
    }

    /// <summary>Rough, byte by byte, calm, with small windows: by the seed.</summary>
    public static SimulationOptions OptionsOf(int seed) => (seed % 4) switch
    {
        0 => SimulationOptions.Rough,
        1 => SimulationOptions.ByteByByte,
        2 => SimulationOptions.Rough with { Window = 700, MaxPiece = 2000, MaxDelayMs = 20 },
        _ => SimulationOptions.Calm,
    };

    /// <summary>Connects as a client.</summary>
    /// <param name="worker">Who serves the connection.</param>
    public async ResultFlow<(ByteStream Stream, WireReader Reader)> ConnectAsync(int worker = 0)
    {
        ConnectResult result = await _outside.ConnectAsync(AddressOf(worker), NowMs + 60_000);
        ByteStream stream = result.Stream.ShouldNotBeNull();
        _clients.Add(stream);
        return (stream, new WireReader(stream));
    }

    /// <summary>Sends one request on a connection of its own; the response must have this status.</summary>
    public async ResultFlow<WireMessage> AskAsync(string request, int status, string method = "GET")
    {
        (ByteStream client, WireReader reader) = await ConnectAsync();
        await client.SendAllAsync(Bytes(request));
        WireMessage response = (await reader.ResponseAsync(method)).ShouldNotBeNull();
        response.Status.ShouldBe(status);
        client.Close();
        return response;
    }

    public LoopSignal DelayAsync(long milliseconds) => _outside.DelayAsync(milliseconds);

    /// <summary>Lets a flow of the test run beside the others; what it throws is the test's failure.</summary>
    public void Guard(Func<Flow> flow) => GuardedAsync(flow).Detach();

    /// <summary>Runs the scenario, lets clients leave, and checks that nothing is left.</summary>
    public void Run(Func<Flow> scenario)
    {
        bool done = false;
        Guard(async () =>
        {
            await scenario();
            done = true;
        });
        RunUntil(() => done, QuietMs * 100);
        _clients.ForEach(client => client.Close());
        RunUntil(() => Sessions == 0, QuietMs);

        // Unused connections to servers go when their time is up.
        Network.RunFor(QuietMs);
        ThrowError();
        Network.AssertClean();
        Servers.ForEach(server => server.State.Balancing.Active.ShouldBe(0));
        Servers.ForEach(server => server.State.Balancing.Queued.ShouldBe(0));
        Pool.Queue.Length.ShouldBe(0);
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static SocketAddress AddressOf(int worker) => SocketAddress.OfIp(IPAddress.Loopback, 80 + worker);

    private void RunUntil(Func<bool> isDone, long maxMs) => Network.Run(
        () =>
        {
            MostLent = Math.Max(MostLent, Loop.Buffers.Lent);
            ThrowError();
            return isDone();
        },
        maxMs);

    private async Flow GuardedAsync(Func<Flow> flow)
    {
        try
        {
            await flow();
        }
        catch (Exception e)
        {
            _error ??= e;
        }
    }

    private void ThrowError()
    {
        if (_error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        }
    }
}
