using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Workers;

/// <summary>An epoll instance and who hears of which descriptor. Used on one thread.</summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int EventsPerTurn = 512;

    private readonly int _epoll;
    private readonly EpollEvents _events = new(EventsPerTurn);
    private readonly Stack<int> _freeSlots = new();
    private IEventSource?[] _sources = new IEventSource?[64];
    private uint[] _generations = new uint[64];
    private int _slotCount;

    /// <summary>Makes an instance that watches nothing.</summary>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    internal Poller()
    {
        _epoll = Errno.Of(Libc.epoll_create1(EPOLL_CLOEXEC));
        if (_epoll < 0)
        {
            _events.Dispose();
            throw new IOException("epoll_create1 failed: " + Errno.Text(_epoll));
        }
    }

    public void Dispose()
    {
        Errno.Of(Libc.close(_epoll));
        _events.Dispose();
    }

    /// <summary>Watches a descriptor. The token holds the slot and its generation, so that an event of a descriptor that
    /// was closed in the same turn reaches nobody, even when another has taken its slot.</summary>
    /// <returns>The slot, or a negative error number (ENOSPC past fs.epoll.max_user_watches, ENOMEM).</returns>
    internal int TryWatch(int descriptor, IEventSource source, uint mask)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _slotCount++;
            if (slot == _sources.Length)
            {
                Array.Resize(ref _sources, slot * 2);
                Array.Resize(ref _generations, slot * 2);
            }
        }

        byte* ev = stackalloc byte[EpollEvents.MaxStride];
        EpollEvents.Write(ev, mask, (uint)slot | ((ulong)_generations[slot] << 32));
        int result = Errno.Of(Libc.epoll_ctl(_epoll, EPOLL_CTL_ADD, descriptor, ev));
        if (result < 0)
        {
            _freeSlots.Push(slot);
            return result;
        }

        _sources[slot] = source;
        return slot;
    }

    /// <summary>Forgets a descriptor; closing it takes it out of epoll.</summary>
    internal void Unwatch(int slot)
    {
        _sources[slot] = null;
        _generations[slot]++;
        _freeSlots.Push(slot);
    }

    /// <summary>Stops watching without closing.</summary>
    internal void Unwatch(int slot, int descriptor)
    {
        // Kernels before 2.6.9 want an event for a removal too; it costs nothing to give one.
        byte* ev = stackalloc byte[EpollEvents.MaxStride];
        Errno.Of(Libc.epoll_ctl(_epoll, EPOLL_CTL_DEL, descriptor, ev));
        Unwatch(slot);
    }

    /// <summary>Waits for events.</summary>
    /// <param name="timeoutMs">At most this long; -1 for ever.</param>
    /// <returns>How many there are; negative when a signal came in between.</returns>
    internal int Wait(int timeoutMs) =>
        Errno.Of(Libc.epoll_wait(_epoll, _events.Pointer, _events.Capacity, timeoutMs));

    /// <summary>Tells the sources of the events that <see cref="Wait"/> found.</summary>
    internal void Dispatch(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ulong token = _events.Token(i);
            int slot = (int)(uint)token;
            if (_generations[slot] == (uint)(token >> 32))
            {
                _sources[slot]?.OnEvents(_events.Mask(i));
            }
        }
    }

    /// <summary>Tells every source that the loop ends.</summary>
    internal void EndAll()
    {
        for (int slot = 0; slot < _slotCount; slot++)
        {
            _sources[slot]?.OnLoopEnding();
        }
    }
}
