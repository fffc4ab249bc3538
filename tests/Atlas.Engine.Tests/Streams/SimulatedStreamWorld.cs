using System.Net;
using System.Runtime.ExceptionServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Streams;

/// <summary>Simulated streams on one simulated loop.</summary>
public sealed class SimulatedStreamWorld : IStreamWorld
{
    private readonly SimulatedWorld _world;
    private readonly SimulatedLoop _loop;
    private int _port = 1;

    public SimulatedStreamWorld(int seed, SimulationOptions options)
    {
        _world = new SimulatedWorld(seed, options);
        _loop = _world.AddLoop();
    }

    public EventLoop Loop => _loop;

    public SocketAddress Refusing => NewAddress();

    public SocketAddress Silent
    {
        get
        {
            SocketAddress address = NewAddress();
            _world.Listen(address, _loop, new Acceptor(_loop)).IsSilent = true;
            return address;
        }
    }

    public bool HasResets => true;

    public SocketAddress Listen(IConnectionHandler handler)
    {
        SocketAddress address = NewAddress();
        _world.Listen(address, _loop, handler);
        return address;
    }

    public void Run(Func<Flow> flow)
    {
        bool done = false;
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

            done = true;
        }

        _loop.TryPost(() => Guarded().Detach());
        _world.Run(() => done);
        if (error is not null)
        {
            TestContext.Current.SendDiagnosticMessage("seed {0}", _world.Seed);
            ExceptionDispatchInfo.Throw(error);
        }

        // What is on its way arrives, and finds everything closed.
        _world.RunFor(1000);
        _world.AssertClean();
    }

    public void Dispose()
    {
        // All of it is memory.
    }

    private SocketAddress NewAddress() => SocketAddress.OfIp(IPAddress.Loopback, _port++);
}
