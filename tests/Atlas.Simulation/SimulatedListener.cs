using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Simulation;

/// <summary>An address that connections can be made to, with a queue of those not yet accepted.</summary>
public sealed class SimulatedListener
{
    private readonly SimulatedWorld _world;
    private readonly SimulatedLoop _loop;
    private readonly IConnectionHandler _handler;
    private readonly Queue<ConnectAttempt> _outside = new();
    private readonly Queue<SimulatedStream> _queue = new();
    private int _nextPort = 50_000;
    private bool _paused;

    internal SimulatedListener(SimulatedWorld world, SocketAddress address, SimulatedLoop loop, IConnectionHandler handler)
    {
        _world = world;
        Address = address;
        _loop = loop;
        _handler = handler;
    }

    /// <summary>The address.</summary>
    public SocketAddress Address { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted { get; private set; }

    /// <summary>Connections accepted and not ended.</summary>
    public int Connections { get; private set; }

    /// <summary>Whether connecting is refused, as by a machine without the process.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether connecting stays without any answer, as by a machine that is gone.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether accepting pauses: connections are made and wait in the queue.</summary>
    public bool IsPaused
    {
        get => _paused;
        set
        {
            _paused = value;
            ScheduleAccept();
        }
    }

    /// <summary>Stops listening: what waits in the queue is reset.</summary>
    public void Close()
    {
        _world.Forget(this);
        while (_queue.TryDequeue(out SimulatedStream? stream))
        {
            stream.Abort();
        }
    }

    internal void Take(ConnectAttempt attempt)
    {
        if (attempt.IsCompleted || IsSilent)
        {
            return;
        }

        if (Refuses)
        {
            attempt.Refuse(Errno.ECONNREFUSED);
            return;
        }

        if (_queue.Count >= _world.Options.AcceptQueue)
        {
            _outside.Enqueue(attempt);
            return;
        }

        (SimulatedStream near, SimulatedStream far) = _world.Connect(attempt.Loop, _loop);
        _queue.Enqueue(far);
        _world.After(_world.Delay(), () =>
        {
            if (attempt.IsCompleted)
            {
                near.Abort();
            }
            else
            {
                attempt.Succeed(near);
            }
        });
        ScheduleAccept();
    }

    private void ScheduleAccept()
    {
        if (!_paused && _queue.Count > 0)
        {
            _world.After(_world.Delay(), Accept);
        }
    }

    private void Accept()
    {
        if (_paused || !_queue.TryDequeue(out SimulatedStream? stream))
        {
            return;
        }

        if (_outside.TryDequeue(out ConnectAttempt? next))
        {
            Take(next);
        }

        stream.AcceptedOn = Address;
        Accepted++;
        Connections++;
        bool ended = false;
        _handler.OnAccepted(_loop, stream, PeerAddress(), () =>
        {
            if (ended)
            {
                throw _world.Failure($"a connection of {Address} ended twice");
            }

            ended = true;
            Connections--;
        });
        ScheduleAccept();
    }

    private SocketAddress PeerAddress() =>
        SocketAddress.OfIp(new System.Net.IPAddress([203, 0, 113, 7]), _nextPort == ushort.MaxValue ? _nextPort = 50_000 : _nextPort++);
}
