using Atlas.Engine.Timers;

namespace Atlas.Engine.Streams;

/// <summary>One direction of a stream: whether it is ready, and who waits for it until when.</summary>
internal sealed class Readiness(TimerWheel timers) : ITimerTarget
{
    private Action? _continuation;
    private LoopTimer? _timer;

    internal bool IsReady { get; set; }

    internal bool IsCancelled { get; private set; }

    internal bool IsWaiting => _continuation is not null;

    internal WaitResult Result { get; private set; }

    public void OnTimer(LoopTimer timer) => Resume(WaitResult.TimedOut);

    internal void Wait(Action continuation, long deadlineMs)
    {
        if (_continuation is not null)
        {
            throw new InvalidOperationException("One direction of a stream has one waiter.");
        }

        _continuation = continuation;
        if (deadlineMs != long.MaxValue)
        {
            _timer ??= new LoopTimer(timers, this);
            _timer.Set(deadlineMs);
        }
    }

    internal void Signal()
    {
        IsReady = true;
        Resume(WaitResult.Ready);
    }

    internal void SetCancelled(bool value) => IsCancelled = value;

    internal void ResumeCancelled()
    {
        if (IsCancelled)
        {
            Resume(WaitResult.Cancelled);
        }
    }

    internal void Remove() => _timer?.Remove();

    private void Resume(WaitResult result)
    {
        Action? continuation = _continuation;
        if (continuation is null)
        {
            return;
        }

        _continuation = null;
        _timer?.Clear();
        Result = result;
        continuation();
    }
}
