using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Workers;

/// <summary>One worker's listening socket of an address. Hands a just accepted connection to the least loaded worker,
/// so that a few long-lived ones do not pile up on one core.</summary>
internal sealed class Listener : IEventSource, ITimerTarget
{
    private const int AcceptsPerTurn = 64;

    // Out of descriptors or memory: trying at once again would spin (measured by others as 100 % CPU).
    private const int ErrorPauseMs = 100;

    // At the limit of connections: how soon one that left makes room for the next.
    private const int FullPauseMs = 10;

    private readonly Worker _worker;
    private readonly WorkerGroup _group;
    private readonly ListenOptions _options;
    private readonly int _descriptor;
    private readonly LoopTimer _resume;
    private readonly Action[] _ended;
    private int _slot = -1;
    private bool _isHeld;
    private bool _isHeldOff;
    private bool _closed;

    internal Listener(Worker worker, WorkerGroup group, ListenOptions options, int descriptor, bool isHeld)
    {
        _worker = worker;
        _group = group;
        _options = options;
        _descriptor = descriptor;
        _resume = new LoopTimer(worker.Timers, this);
        _ended = [.. group.Workers.Select(each => (Action)(() => End(each)))];
        _isHeld = isHeld;
        if (!isHeld)
        {
            Watch();
        }
    }

    public void OnTimer(LoopTimer timer) => Watch();

    public void OnEvents(uint mask) => Accept(AcceptsPerTurn);

    public void OnLoopEnding() => Release();

    /// <summary>Leaves connections in the kernel's queue.</summary>
    internal void Hold()
    {
        _isHeld = true;
        _resume.Remove();
        Unwatch();
    }

    /// <summary>Accepts again, or for the first time.</summary>
    internal void Resume()
    {
        if (_isHeld && !_closed)
        {
            _isHeld = false;
            Watch();
        }
    }

    /// <summary>Stops listening. What waits in the kernel's queue is accepted first: it would be reset.</summary>
    internal void Close()
    {
        if (!_closed)
        {
            if (_slot >= 0)
            {
                Accept(_options.Backlog);
            }

            Release();
        }
    }

    /// <summary>Has the kernel drop what would begin another connection.</summary>
    internal void HoldOff()
    {
        if (!_closed)
        {
            _isHeldOff = ConnectionFilter.DropNew(_descriptor) >= 0;
        }
    }

    /// <summary>Stops listening; the queue is another process's, too.</summary>
    internal void LetGo()
    {
        if (!_closed)
        {
            Release();
        }
    }

    private void Accept(int most)
    {
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        for (int i = 0; i < most && _slot >= 0; i++)
        {
            if (!_options.TryOpenConnection())
            {
                Pause(FullPauseMs);
                return;
            }

            int descriptor = Socket.Accept(_descriptor, address, out int length);
            if (descriptor >= 0)
            {
                Hand(descriptor, SocketAddress.OfKernel(address[..Math.Max(length, 2)]));
                continue;
            }

            _options.ConnectionClosed();
            if (descriptor == -Errno.EAGAIN)
            {
                return;
            }

            // Those three belong to one connection, which is gone; anything else would come again at once.
            if (descriptor is not (-Errno.EINTR or -Errno.ECONNABORTED or -Errno.EPROTO))
            {
                _options.CountAcceptError();
                Pause(ErrorPauseMs);
                return;
            }
        }
    }

    private void Hand(int descriptor, SocketAddress peer)
    {
        Worker target = _group.LeastLoaded(_worker);
        target.ConnectionOpened();
        if (ReferenceEquals(target, _worker))
        {
            Begin(_worker, descriptor, peer);
        }
        else
        {
            HandOver(target, descriptor, peer);
        }
    }

    private void HandOver(Worker target, int descriptor, SocketAddress peer)
    {
        if (!target.TryPost(() => Begin(target, descriptor, peer)))
        {
            target.ConnectionClosed();
            _worker.ConnectionOpened();
            Begin(_worker, descriptor, peer);
        }
    }

    private void Begin(Worker worker, int descriptor, SocketAddress peer)
    {
        SocketStream? stream = SocketStream.TryCreate(worker, descriptor, out _);
        if (stream is null)
        {
            _options.CountAcceptError();
            Socket.Close(descriptor);
            End(worker);
            return;
        }

        _options.Handler.OnAccepted(worker, stream, peer, _ended[worker.Index]);
    }

    private void End(Worker worker)
    {
        worker.ConnectionClosed();
        _options.ConnectionClosed();
    }

    private void Pause(int forMs)
    {
        Unwatch();
        _resume.Set(_worker.NowMs + forMs);
    }

    private void Watch()
    {
        // Level-triggered: what one turn leaves in the queue comes up in the next.
        _slot = _worker.Poller.TryWatch(_descriptor, this, EPOLLIN);
        if (_slot < 0)
        {
            _options.CountAcceptError();
            Pause(ErrorPauseMs);
        }
    }

    private void Release()
    {
        _closed = true;
        _resume.Remove();
        Unwatch();
        if (_isHeldOff)
        {
            // systemd may have the socket as well, and start the service anew by who connects.
            ConnectionFilter.Remove(_descriptor);
        }

        Socket.Close(_descriptor);
    }

    // By a call of its own: closing a socket that another process has as well leaves it in epoll.
    private void Unwatch()
    {
        if (_slot >= 0)
        {
            _worker.Poller.Unwatch(_slot, _descriptor);
            _slot = -1;
        }
    }
}
