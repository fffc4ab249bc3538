using System.Runtime.CompilerServices;
using Atlas.Engine.Flows;

namespace Atlas.Engine.Streams;

/// <summary>Waits until one direction of a stream is ready, its deadline passes or it is cancelled. Resumes on the
/// stream's loop; allocates nothing. One waiter per direction.</summary>
public readonly struct ReadinessAwaitable : ICriticalNotifyCompletion, IFlowAwaiter
{
    private readonly ByteStream _stream;
    private readonly long _deadlineMs;
    private readonly bool _isSend;

    internal ReadinessAwaitable(ByteStream stream, bool isSend, long deadlineMs)
    {
        _stream = stream;
        _isSend = isSend;
        _deadlineMs = deadlineMs;
    }

    /// <summary>Whether no wait is needed.</summary>
    public bool IsCompleted => Readiness.IsReady || Readiness.IsCancelled;

    private ref Readiness Readiness => ref _stream.Direction(_isSend);

    /// <summary>Supports await.</summary>
    public ReadinessAwaitable GetAwaiter() => this;

    /// <summary>How the wait ended.</summary>
    public WaitResult GetResult()
    {
        ref Readiness readiness = ref Readiness;
        return readiness.IsCancelled ? WaitResult.Cancelled : readiness.IsReady ? WaitResult.Ready : readiness.Result;
    }

    /// <inheritdoc/>
    public void OnCompleted(Continuation continuation) => Readiness.Wait(continuation, _stream, _deadlineMs);

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => OnCompleted(new ActionContinuation(continuation));

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
}
