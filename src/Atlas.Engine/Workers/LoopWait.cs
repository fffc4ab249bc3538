using System.Runtime.CompilerServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;

namespace Atlas.Engine.Workers;

/// <summary>Lets a flow wait for something that is no stream: until it is resumed, its deadline passes or the loop ends. One
/// object serves wait after wait and allocates nothing; it has one waiter at a time and is used on its loop's thread
/// only.</summary>
public sealed class LoopWait : ITimerTarget, ICriticalNotifyCompletion, IFlowAwaiter
{
    private readonly EventLoop _loop;
    private readonly LoopTimer _timer;
    private Continuation? _continuation;
    private WaitResult _result;

    /// <summary>Makes one that nobody waits on.</summary>
    /// <param name="loop">The loop of the flows that will wait.</param>
    public LoopWait(EventLoop loop)
    {
        _loop = loop;
        _timer = new LoopTimer(loop.Timers, this);
    }

    /// <summary>Whether a wait has begun and not ended.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Supports await.</summary>
    public bool IsCompleted => !IsWaiting;

    void ITimerTarget.OnTimer(LoopTimer timer) => Resume(WaitResult.TimedOut);

    /// <summary>Begins a wait, to be awaited at once. On a loop that has ended it is cancelled from the beginning.</summary>
    /// <param name="deadlineMs">The loop's time at which it ends with <see cref="WaitResult.TimedOut"/>;
    /// <see cref="long.MaxValue"/> for none.</param>
    public LoopWait Begin(long deadlineMs)
    {
        if (IsWaiting)
        {
            throw new InvalidOperationException("It has one waiter at a time.");
        }

        _result = WaitResult.Cancelled;
        IsWaiting = _loop.TryBeginWait(this);
        if (IsWaiting && deadlineMs != long.MaxValue)
        {
            _timer.Set(deadlineMs);
        }

        return this;
    }

    /// <summary>Ends the wait, and the flow goes on within this call. Without a wait nothing happens.</summary>
    public void Resume(WaitResult result)
    {
        if (!IsWaiting)
        {
            return;
        }

        IsWaiting = false;
        _result = result;
        _timer.Clear();
        _loop.EndWait(this);
        Continuation? continuation = _continuation;
        _continuation = null;
        continuation?.Run();
    }

    /// <summary>Supports await.</summary>
    public LoopWait GetAwaiter() => this;

    /// <summary>How the wait ended.</summary>
    public WaitResult GetResult() => _result;

    /// <inheritdoc/>
    public void OnCompleted(Continuation continuation) => _continuation = continuation;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => OnCompleted(new ActionContinuation(continuation));

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
}
