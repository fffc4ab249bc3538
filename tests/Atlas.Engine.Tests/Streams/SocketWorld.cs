using System.Net;
using System.Runtime.ExceptionServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Streams;

/// <summary>Real sockets on one worker.</summary>
public sealed class SocketWorld : IStreamWorld
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly WorkerGroup _group = new(1);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-");
    private readonly List<SystemSocket> _others = [];
    private readonly IPAddress? _ip;
    private int _paths;

    /// <summary>Makes the world.</summary>
    /// <param name="ip">Where to listen; null for unix sockets.</param>
    public SocketWorld(IPAddress? ip) => _ip = ip;

    public EventLoop Loop => _group.Workers[0];

    public bool HasResets => _ip is not null;

    public SocketAddress Refusing
    {
        get
        {
            if (_ip is null)
            {
                string path = NewPath();
                using var dead = new SystemSocket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
                dead.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path + ".bound"));

                // Else closing it would take the path away.
                File.Move(path + ".bound", path);
                return SocketAddress.OfUnixPath(path);
            }

            // Bound and not listening: the port is nobody else's, and connecting to it is refused.
            var socket = new SystemSocket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            _others.Add(socket);
            socket.Bind(new IPEndPoint(_ip, 0));
            return SocketAddress.OfIp(_ip, ((IPEndPoint)socket.LocalEndPoint!).Port);
        }
    }

    public SocketAddress? Silent
    {
        get
        {
            if (_ip is null)
            {
                return null;
            }

            // A listener whose queue is full drops what asks for more.
            var listener = new SystemSocket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            _others.Add(listener);
            listener.Bind(new IPEndPoint(_ip, 0));
            listener.Listen(0);
            for (int i = 0; i < 3; i++)
            {
                var filler = new SystemSocket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { Blocking = false };
                _others.Add(filler);
                Should.Throw<System.Net.Sockets.SocketException>(() => filler.Connect(listener.LocalEndPoint!));
            }

            return SocketAddress.OfIp(_ip, ((IPEndPoint)listener.LocalEndPoint!).Port);
        }
    }

    public SocketAddress Listen(IConnectionHandler handler) => _group.Listen(
        _ip is null ? SocketAddress.OfUnixPath(NewPath()) : SocketAddress.OfIp(_ip, 0),
        new ListenOptions(handler, 128, 10_000)).Address;

    public void Run(Func<Flow> flow) => RunOn(Loop, flow);

    /// <summary>Runs a flow on a loop to its end.</summary>
    public static void RunOn(EventLoop loop, Func<Flow> flow)
    {
        using var done = new ManualResetEventSlim();
        Exception? error = null;
        async Flow Guarded()
        {
            try
            {
                await flow();
            }
            catch (Exception e)
            {
                error = e;
            }

            done.Set();
        }

        loop.TryPost(() => Guarded().Detach()).ShouldBeTrue();
        done.Wait(Limit).ShouldBeTrue("the flow has not ended");
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    public void Dispose()
    {
        _group.Dispose();
        _others.ForEach(socket => socket.Dispose());
        _directory.Delete(recursive: true);
    }

    private string NewPath() => Path.Combine(_directory.FullName, $"s{_paths++}");
}
