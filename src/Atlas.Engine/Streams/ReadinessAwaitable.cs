using System.Runtime.CompilerServices;

namespace Atlas.Engine.Streams;

/// <summary>Waits until one direction of a stream is ready, its deadline passes or it is cancelled. Resumes on the
/// stream's loop; allocates nothing. One waiter per direction.</summary>
public readonly struct ReadinessAwaitable : ICriticalNotifyCompletion
{
    private readonly Readiness _readiness;
    private readonly long _deadlineMs;

    internal ReadinessAwaitable(Readiness readiness, long deadlineMs)
    {
        _readiness = readiness;
        _deadlineMs = deadlineMs;
    }

    /// <summary>Whether no wait is needed.</summary>
    public bool IsCompleted => _readiness.IsReady || _readiness.IsCancelled;

    /// <summary>Supports await.</summary>
    public ReadinessAwaitable GetAwaiter() => this;

    /// <summary>How the wait ended.</summary>
    public WaitResult GetResult() => _readiness.IsCancelled ? WaitResult.Cancelled
        : _readiness.IsReady ? WaitResult.Ready
        : _readiness.Result;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _readiness.Wait(continuation, _deadlineMs);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _readiness.Wait(continuation, _deadlineMs);
}
