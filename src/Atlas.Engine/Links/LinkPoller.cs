using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>Waits for a few sockets of links, for a moment of the <see cref="BootClock"/>, and for <see cref="Wake"/>, which is all
/// that other threads may call. For a thread of its own: waiting blocks it. Allocates nothing while it waits.</summary>
/// <remarks>The moment is that of a timer of the kernel and not of the call's timeout, which counts no suspended time: a machine that
/// wakes up after its deadline is told so at once.</remarks>
public sealed unsafe class LinkPoller : IDisposable
{
    /// <summary>The most sockets: one of each family for a hundred interfaces, and their monitor.</summary>
    public const int MaxSources = 256;

    // Before the sources: the wake-up and the timer.
    private const int WakeAt = 0;
    private const int TimerAt = 1;
    private const int FirstSource = 2;

    private readonly Lock _waking = new();
    private readonly LinkDescriptor _wake;
    private readonly LinkDescriptor _timer;
    private readonly ILinkSource?[] _sources = new ILinkSource?[MaxSources];

    // Native: the kernel writes it during the call.
    private readonly PollDescriptor* _entries;
    private int _used;
    private long _deadlineNs = long.MaxValue;

    private LinkPoller(LinkDescriptor wake, LinkDescriptor timer)
    {
        _wake = wake;
        _timer = timer;
        _entries = (PollDescriptor*)NativeMemory.AllocZeroed(FirstSource + MaxSources, (nuint)sizeof(PollDescriptor));
        _entries[WakeAt] = new PollDescriptor { Descriptor = wake.Value, Events = POLLIN };
        _entries[TimerAt] = new PollDescriptor { Descriptor = timer.Value, Events = POLLIN };
    }

    /// <summary>Makes one that waits for nothing yet.</summary>
    /// <param name="error">The positive error number when null is returned (EMFILE, ENFILE, ENOMEM), else 0.</param>
    public static LinkPoller? TryOpen(out int error)
    {
        int wake = Errno.Of(Libc.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        int timer = wake < 0 ? wake : Errno.Of(Libc.timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
        error = Math.Max(-timer, 0);
        if (timer >= 0)
        {
            return new LinkPoller(LinkDescriptor.Of(wake), LinkDescriptor.Of(timer));
        }

        if (wake >= 0)
        {
            Socket.Close(wake);
        }

        return null;
    }

    /// <summary>Waits for a source, too, from the next wait on. One that is closed is passed over until it is unwatched.</summary>
    /// <returns>Its slot, or -ENOSPC past <see cref="MaxSources"/>.</returns>
    public int Watch(ILinkSource source)
    {
        int slot = Array.IndexOf(_sources, null);
        if (slot < 0)
        {
            return -Errno.ENOSPC;
        }

        _sources[slot] = source;
        _entries[FirstSource + slot] = default;
        _used = Math.Max(_used, slot + 1);
        return slot;
    }

    /// <summary>Waits for it no longer. The slot may be given to another.</summary>
    public void Unwatch(int slot)
    {
        _sources[slot] = null;
        _entries[FirstSource + slot] = default;
        while (_used > 0 && _sources[_used - 1] is null)
        {
            _used--;
        }
    }

    /// <summary>Waits until a source is ready, the moment has come, or somebody woke it.</summary>
    /// <param name="deadlineNs">The moment of the <see cref="BootClock"/>, in nanoseconds; one that has passed is now;
    /// <see cref="long.MaxValue"/> for never.</param>
    /// <returns>How many sources are ready, and so 0 for the other reasons; or a negative error number (ENOMEM).</returns>
    public int Wait(long deadlineNs)
    {
        int result = SetTimer(deadlineNs);
        for (int slot = 0; slot < _used; slot++)
        {
            // The number anew for each wait: it is negative once the source is closed, and may be another's by then.
            _entries[FirstSource + slot] = new PollDescriptor { Descriptor = _sources[slot]?.Descriptor.Value ?? -1, Events = POLLIN };
        }

        while (result >= 0)
        {
            // A signal changes nothing: the moment is kept by the timer.
            result = Errno.Of(Libc.poll(_entries, (nuint)(FirstSource + _used), -1));
            if (result != -Errno.EINTR)
            {
                break;
            }

            result = 0;
        }

        return result < 0 ? result : result - TakeWake() - (_entries[TimerAt].Returned != 0 ? 1 : 0);
    }

    /// <summary>Whether the last wait found a source ready, or with an error, which its next call tells.</summary>
    public bool IsReady(int slot) => (uint)slot < (uint)_used && _entries[FirstSource + slot].Returned != 0;

    /// <summary>Ends the wait that is under way, or the next one. Any thread, at any time; several are one.</summary>
    public void Wake()
    {
        // Else the number could be another's by the time of the call.
        lock (_waking)
        {
            ulong one = 1;
            Errno.Of(Libc.write(_wake.Value, &one, sizeof(ulong)));
        }
    }

    /// <summary>Closes it; the sources stay open. Idempotent. No wait may be under way.</summary>
    public void Dispose()
    {
        lock (_waking)
        {
            if (_wake.Value < 0)
            {
                return;
            }

            _wake.Close();
            _timer.Close();
            NativeMemory.Free(_entries);
        }
    }

    private int TakeWake()
    {
        if (_entries[WakeAt].Returned == 0)
        {
            return 0;
        }

        ulong count;
        Errno.Of(Libc.read(_wake.Value, &count, sizeof(ulong)));
        return 1;
    }

    /// <summary>Setting a timer makes it forget that it fired; one that fired and is kept stays ready, as its moment has
    /// passed.</summary>
    private int SetTimer(long deadlineNs)
    {
        ObjectDisposedException.ThrowIf(_wake.Value < 0, this);
        if (deadlineNs == _deadlineNs)
        {
            return 0;
        }

        // All zero is no moment but the end of the timer.
        long moment = deadlineNs == long.MaxValue ? 0 : Math.Max(deadlineNs, 1);
        var setting = new TimerSetting
        {
            Value = new TimeValue
            {
                Seconds = moment / BootClock.NanosecondsPerSecond,
                Fraction = moment % BootClock.NanosecondsPerSecond,
            },
        };
        int result = Errno.Of(Libc.timerfd_settime(_timer.Value, TFD_TIMER_ABSTIME, &setting, null));
        _deadlineNs = result < 0 ? _deadlineNs : deadlineNs;
        return result;
    }
}
