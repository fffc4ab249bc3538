using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A server behind the proxy. Records each request and lets a script answer it.</summary>
public sealed class WireServer : IConnectionHandler
{
    // More than any world has.
    private const int MaxWorkers = 8;

    private readonly ProxyWorld _world;

    internal WireServer(ProxyWorld world, string name, SocketAddress address, SimulatedLoop loop)
    {
        _world = world;
        State = new ServerState(name, address) { Metrics = new ProxyMetrics(MaxWorkers).Server("pool", name) };
        Listener = world.Network.Listen(address, loop, this);
    }

    public ServerState State { get; }

    public SimulatedListener Listener { get; }

    /// <summary>Requests whose head came whole, in order.</summary>
    public List<WireMessage> Seen { get; } = [];

    /// <summary>The streams accepted, in order.</summary>
    public List<SimulatedStream> Streams { get; } = [];

    /// <summary>Answers a request. The connection goes on with the next one unless the script closes it.</summary>
    public Func<ServerTurn, Flow> Script { get; set; } = turn => turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    /// <summary>Whether the script reads the body of requests itself.</summary>
    public bool ScriptReadsBody { get; set; }

    /// <summary>Takes the whole connection; false to go on as usual.</summary>
    public Func<ServerTurn, ResultFlow<bool>>? OnConnect { get; set; }

    public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended)
    {
        Streams.Add((SimulatedStream)stream);
        _world.Guard(() => ServeAsync(stream, ended));
    }

    private async Flow ServeAsync(ByteStream stream, Action ended)
    {
        var reader = new WireReader(stream);
        int number = 0;
        if (OnConnect is null || !await OnConnect(new ServerTurn(stream, reader, new WireMessage("", []), Streams.Count, 0)))
        {
            while (!stream.IsClosed)
            {
                WireMessage? request = ScriptReadsBody ? await reader.HeadAsync() : await reader.RequestAsync();
                if (request is null || stream.IsClosed)
                {
                    break;
                }

                if (request.Fields.Count > 0)
                {
                    Seen.Add(request);
                }

                if (!request.IsWhole)
                {
                    break;
                }

                await Script(new ServerTurn(stream, reader, request, Streams.Count, number++));
            }
        }

        stream.Close();
        ended();
    }
}
