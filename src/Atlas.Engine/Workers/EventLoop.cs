using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;

namespace Atlas.Engine.Workers;

/// <summary>What runs connections on one thread: time, timers, buffers, connecting, and work posted from elsewhere.
/// A <see cref="Worker"/> does it with the kernel; tests do it in simulated time.</summary>
public abstract class EventLoop
{
    /// <summary>Makes a loop whose clock stands at a time.</summary>
    protected EventLoop(long nowMs, long bufferLimitBytes)
    {
        Timers = new TimerWheel(nowMs);
        Buffers = new BufferPool(bufferLimitBytes);
    }

    /// <summary>The monotonic time in milliseconds, read once per turn of the loop.</summary>
    public abstract long NowMs { get; }

    /// <summary>The monotonic time in microseconds, read once per turn of the loop.</summary>
    public virtual long NowUs => NowMs * 1000;

    /// <summary>The timers of this loop.</summary>
    public TimerWheel Timers { get; }

    /// <summary>The buffers of this loop.</summary>
    public BufferPool Buffers { get; }

    /// <summary>Connects to an address.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up with ETIMEDOUT.</param>
    public abstract ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, long deadlineMs);

    /// <summary>Runs an action on the loop's thread, from any thread.</summary>
    /// <returns>False when the mailbox is full or the loop ended: the action will not run.</returns>
    public abstract bool TryPost(Action action);

    /// <summary>Returns to the loop and goes on in the same turn, after the events at hand.</summary>
    public abstract void Yield(Action continuation);

    /// <summary>Waits until the events at hand had their turn.</summary>
    public YieldAwaitable YieldAsync() => new(this);
}
