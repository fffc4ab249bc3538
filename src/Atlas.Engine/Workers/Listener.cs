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
    private const int PauseMs = 100;

    private readonly Worker _worker;
    private readonly WorkerGroup _group;
    private readonly ListenOptions _options;
    private readonly int _descriptor;
    private readonly LoopTimer _resume;
    private int _slot = -1;

    internal Listener(Worker worker, WorkerGroup group, ListenOptions options, int descriptor)
    {
        _worker = worker;
        _group = group;
        _options = options;
        _descriptor = descriptor;
        _resume = new LoopTimer(worker.Timers, this);
        Resume();
    }

    public void OnTimer(LoopTimer timer) => Resume();

    public void OnEvents(uint mask)
    {
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        for (int i = 0; i < AcceptsPerTurn && _slot >= 0; i++)
        {
            if (_options.IsFull)
            {
                Pause();
                return;
            }

            int descriptor = Socket.Accept(_descriptor, address, out int length);
            if (descriptor >= 0)
            {
                Hand(descriptor, SocketAddress.OfKernel(address[..Math.Max(length, 2)]));
                continue;
            }

            if (descriptor is -Errno.EMFILE or -Errno.ENFILE or -Errno.ENOBUFS or -Errno.ENOMEM)
            {
                _options.CountAcceptError();
                Pause();
                return;
            }

            if (descriptor is not (-Errno.EINTR or -Errno.ECONNABORTED))
            {
                return;
            }
        }
    }

    internal void Close()
    {
        _resume.Remove();
        if (_slot >= 0)
        {
            _worker.Unwatch(_slot, _descriptor);
            _slot = -1;
        }

        Socket.Close(_descriptor);
    }

    private void Hand(int descriptor, SocketAddress peer)
    {
        Worker target = _group.LeastLoaded(_worker);
        target.ConnectionOpened();
        _options.ConnectionOpened();
        if (ReferenceEquals(target, _worker))
        {
            Begin(_worker, descriptor, peer);
        }
        else if (!target.TryPost(() => Begin(target, descriptor, peer)))
        {
            target.ConnectionClosed();
            _worker.ConnectionOpened();
            Begin(_worker, descriptor, peer);
        }
    }

    private void Begin(Worker worker, int descriptor, SocketAddress peer)
    {
        if (!peer.IsUnix)
        {
            Socket.SetOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
        }

        var stream = new SocketStream(worker, descriptor);
        _options.Handler.OnAccepted(worker, stream, peer, () =>
        {
            worker.ConnectionClosed();
            _options.ConnectionClosed();
        });
    }

    private void Pause()
    {
        if (_slot >= 0)
        {
            _worker.Unwatch(_slot, _descriptor);
            _slot = -1;
        }

        _resume.Set(_worker.NowMs + PauseMs);
    }

    private void Resume()
    {
        // Level-triggered: what one turn leaves in the queue comes up in the next.
        _slot = _worker.Watch(_descriptor, this, EPOLLIN);
    }
}
