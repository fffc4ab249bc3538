using System.Collections.Concurrent;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Simulation;

/// <summary>A loop of a <see cref="SimulatedWorld"/>: the time is the world's, and connecting goes to its listeners.</summary>
public sealed class SimulatedLoop : EventLoop
{
    private readonly ConcurrentQueue<Action> _mailbox = new();
    private readonly Queue<Continuation> _yielded = new();
    private bool _ended;

    internal SimulatedLoop(SimulatedWorld world, long bufferLimitBytes)
        : base(world.NowMs, bufferLimitBytes, world.NewRandom()) => World = world;

    /// <summary>Where it lives.</summary>
    public SimulatedWorld World { get; }

    /// <inheritdoc/>
    public override long NowMs => World.TurnMs;

    /// <inheritdoc/>
    public override long ReadMs() => World.NowMs;

    /// <summary>Posted actions that may wait; lower it to see what a full mailbox does.</summary>
    public int MailboxCapacity { get; set; } = 64 * 1024;

    /// <inheritdoc/>
    protected override bool HasEnded => _ended;

    internal bool HasWork => !_mailbox.IsEmpty || _yielded.Count > 0;

    /// <inheritdoc/>
    public override bool TryPost(Action action)
    {
        if (_ended || _mailbox.Count >= MailboxCapacity)
        {
            return false;
        }

        _mailbox.Enqueue(action);
        return true;
    }

    /// <inheritdoc/>
    public override void Yield(Continuation continuation) => _yielded.Enqueue(continuation);

    /// <inheritdoc/>
    public override async ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, long deadlineMs)
    {
        var attempt = new ConnectAttempt(this);
        World.After(World.Delay(), () => attempt.Begin(address));
        return await attempt.WaitAsync(deadlineMs) switch
        {
            WaitResult.Ready => attempt.Result,
            WaitResult.TimedOut => new ConnectResult(null, Errno.ETIMEDOUT),
            _ => new ConnectResult(null, Errno.ECANCELED),
        };
    }

    /// <summary>Waits for a time.</summary>
    public LoopSignal DelayAsync(long milliseconds)
    {
        var signal = new LoopSignal(this);
        World.After(milliseconds, signal.Set);
        return signal;
    }

    /// <summary>Ends the loop as a worker ends: what is open is reset, and all who wait go on.</summary>
    public void End()
    {
        _ended = true;
        RunTurn();
        EndWaits();
        foreach (SimulatedStream stream in World.OpenStreams.Where(stream => ReferenceEquals(stream.Loop, this)).ToArray())
        {
            stream.Abort();
        }

        RunTurn();
    }

    /// <inheritdoc/>
    protected override void RunOutside(Action work) => World.After(World.Delay(), work);

    internal void RunTurn()
    {
        for (int posted = _mailbox.Count; posted > 0 && _mailbox.TryDequeue(out Action? action); posted--)
        {
            action();
        }

        Timers.Advance(NowMs);
        for (int yielded = _yielded.Count; yielded > 0; yielded--)
        {
            _yielded.Dequeue().Run();
        }
    }
}
