using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;

namespace Atlas.Engine.Workers;

/// <summary>What runs connections on one thread: time, timers, buffers, connecting, and work posted from elsewhere.
/// A <see cref="Worker"/> does it with the kernel; tests do it in simulated time.</summary>
public abstract class EventLoop
{
    private readonly HashSet<IBridgeCall> _calls = [];
    private readonly HashSet<LoopWait> _waits = [];

    /// <summary>Makes a loop whose clock stands at a time.</summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="bufferLimitBytes">The upper bound of its buffers.</param>
    /// <param name="random">Where all chance on this loop comes from; null: a generator of its own, seeded by the system.</param>
    protected EventLoop(long nowMs, long bufferLimitBytes, Random? random = null)
    {
        Random = random ?? new Random();
        Timers = new TimerWheel(nowMs);
        Buffers = new BufferPool(bufferLimitBytes);
    }

    /// <summary>Its number among those that share counters and logs, from 0: each has a part of them that nobody else
    /// writes.</summary>
    public virtual int Index => 0;

    /// <summary>The monotonic time in milliseconds, read once per turn of the loop.</summary>
    public abstract long NowMs { get; }

    /// <summary>The monotonic time in microseconds, read once per turn of the loop.</summary>
    public virtual long NowUs => NowMs * 1000;

    /// <summary>Reads the monotonic time in milliseconds at this moment: for what must not count the turn at hand, which may have taken
    /// long already. A clock read: not for each event.</summary>
    public virtual long ReadMs() => NowMs;

    /// <summary>All chance in what runs on the loop, so that a run in simulated time can be repeated. Fast, not secret. The
    /// loop's thread only.</summary>
    public Random Random { get; }

    /// <summary>The timers of this loop.</summary>
    public TimerWheel Timers { get; }

    /// <summary>The buffers of this loop.</summary>
    public BufferPool Buffers { get; }

    /// <summary>The pipes of this loop, for what goes through it unread.</summary>
    public PipePool Pipes { get; } = new();

    /// <summary>Whether the loop refuses work for good. Any thread.</summary>
    protected internal abstract bool HasEnded { get; }

    /// <summary>Connects to an address.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up with ETIMEDOUT.</param>
    public abstract ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, long deadlineMs);

    /// <summary>Connects from an address that need not be this machine's (IP_TRANSPARENT, ip(7)), so that the server sees it as
    /// the client's. The kernel chooses the port. Needs CAP_NET_RAW or CAP_NET_ADMIN, and that what the
    /// server answers is routed here.</summary>
    /// <param name="source">The IP address, of the same family as <paramref name="address"/>.</param>
    /// <param name="address">Where to.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up with ETIMEDOUT.</param>
    public virtual ResultFlow<ConnectResult> ConnectAsClientAsync(SocketAddress source, SocketAddress address, long deadlineMs) =>
        ConnectAsync(address, deadlineMs);

    /// <summary>Runs an action on the loop's thread, from any thread.</summary>
    /// <returns>False when the mailbox is full or the loop ended: the action will not run.</returns>
    public abstract bool TryPost(Action action);

    /// <summary>Returns to the loop and goes on in the same turn, after the events at hand. Allocates nothing.</summary>
    public abstract void Yield(Continuation continuation);

    /// <summary>As <see cref="Yield(Continuation)"/>, for whoever is no flow. Allocates.</summary>
    public void Yield(Action continuation) => Yield(new ActionContinuation(continuation));

    /// <summary>Waits until the events at hand had their turn.</summary>
    public YieldAwaitable YieldAsync() => new(this);

    /// <summary>Runs the work of a <see cref="Bridge"/> call away from the loop's thread.</summary>
    protected internal virtual void RunOutside(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false);

    /// <summary>To be called when the loop has ended: flows that wait for the control plane go on with
    /// <see cref="BridgeStatus.Ended"/>, those in a <see cref="LoopWait"/> with <see cref="WaitResult.Cancelled"/>.</summary>
    protected void EndWaits()
    {
        foreach (IBridgeCall call in _calls.ToArray())
        {
            call.OnLoopEnding();
        }

        foreach (LoopWait wait in _waits.ToArray())
        {
            wait.Resume(WaitResult.Cancelled);
        }
    }

    internal bool TryBeginCall(IBridgeCall call) => !HasEnded && _calls.Count < Bridge.MaxCalls && _calls.Add(call);

    internal void EndCall(IBridgeCall call) => _calls.Remove(call);

    internal bool TryBeginWait(LoopWait wait) => !HasEnded && _waits.Add(wait);

    internal void EndWait(LoopWait wait) => _waits.Remove(wait);
}
