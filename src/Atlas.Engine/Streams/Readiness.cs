using Atlas.Engine.Flows;
using Atlas.Engine.Timers;

namespace Atlas.Engine.Streams;

/// <summary>One direction of a stream: whether it is ready, and who waits for it until when. A part of the stream, not an
/// object of its own, to keep idle connections small; so it must never be copied.</summary>
internal struct Readiness
{
    private Continuation? _continuation;
    private LoopTimer? _timer;

    internal bool IsReady { readonly get; set; }

    internal bool IsCancelled { readonly get; private set; }

    internal WaitResult Result { readonly get; private set; }

    internal readonly bool IsWaiting => _continuation is not null;

    internal readonly bool Owns(LoopTimer timer) => ReferenceEquals(_timer, timer);

    internal void Wait(Continuation continuation, ByteStream stream, long deadlineMs)
    {
        if (_continuation is not null)
        {
            throw new InvalidOperationException("One direction of a stream has one waiter.");
        }

        _continuation = continuation;
        if (deadlineMs != long.MaxValue)
        {
            _timer ??= new LoopTimer(stream.Loop.Timers, stream);
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

    internal readonly void Remove() => _timer?.Remove();

    internal void Resume(WaitResult result)
    {
        Continuation? continuation = _continuation;
        if (continuation is null)
        {
            return;
        }

        _continuation = null;
        _timer?.Clear();
        Result = result;
        continuation.Run();
    }
}
