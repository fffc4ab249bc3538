using System.Runtime.CompilerServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Timers;

namespace Atlas.Engine.Workers;

/// <summary>One call. The thread that ends the work stores the outcome and posts; whoever comes first on the loop's thread
/// (that post, the deadline, the end of the loop) resumes the flow, and the others find it gone.</summary>
internal sealed class BridgeCall<TValue> : IBridgeCall, ITimerTarget, ICriticalNotifyCompletion, IFlowAwaiter
{
    // How soon a post is repeated that found the mailbox full.
    private const int RepeatMs = 5;

    private readonly EventLoop _loop;
    private readonly Func<CancellationToken, ValueTask<TValue>> _work;
    private readonly CancellationTokenSource _stop = new();
    private readonly LoopTimer _timer;
    private Continuation? _continuation;
    private volatile Outcome? _outcome;
    private volatile bool _abandoned;

    internal BridgeCall(EventLoop loop, Func<CancellationToken, ValueTask<TValue>> work)
    {
        _loop = loop;
        _work = work;
        _timer = new LoopTimer(loop.Timers, this);
    }

    /// <summary>Whether no wait is needed.</summary>
    public bool IsCompleted { get; private set; }

    internal BridgeResult<TValue> Result { get; private set; }

    public void OnTimer(LoopTimer timer) => Finish(BridgeStatus.TimedOut);

    public void OnLoopEnding() => Finish(BridgeStatus.Ended);

    public BridgeCall<TValue> GetAwaiter() => this;

    public void GetResult()
    {
        // The result is a property, since it takes a struct.
    }

    public void OnCompleted(Continuation continuation) => _continuation = continuation;

    public void OnCompleted(Action continuation) => OnCompleted(new ActionContinuation(continuation));

    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);

    internal BridgeCall<TValue> WaitAsync(long deadlineMs)
    {
        if (!_loop.TryBeginCall(this))
        {
            IsCompleted = true;
            Result = new(_loop.HasEnded ? BridgeStatus.Ended : BridgeStatus.Refused, default, null);
            return this;
        }

        _timer.Set(deadlineMs);
        _loop.RunOutside(() => _ = RunAsync());
        return this;
    }

    private async Task RunAsync()
    {
        try
        {
            TValue value = await _work(_stop.Token).ConfigureAwait(false);
            _outcome = new Outcome(new(BridgeStatus.Done, value, null));
        }
#pragma warning disable CA1031 // Whatever the work threw belongs to the flow that waits.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _outcome = new Outcome(new(BridgeStatus.Failed, default, e));
        }

        // The deadline bounds this: it abandons the call.
        while (!_abandoned && !_loop.TryPost(() => Finish(BridgeStatus.Done)) && !_loop.HasEnded)
        {
            await Task.Delay(RepeatMs).ConfigureAwait(false);
        }
    }

    private void Finish(BridgeStatus status)
    {
        if (IsCompleted)
        {
            return;
        }

        IsCompleted = true;
        _timer.Remove();
        _loop.EndCall(this);
        Result = _outcome?.Result ?? new(status, default, null);
        if (_outcome is null)
        {
            // Elsewhere, since what listens to the token must not run on the loop's thread.
            _ = _stop.CancelAsync();
        }

        _abandoned = true;
        Continuation? continuation = _continuation;
        _continuation = null;
        continuation?.Run();
    }

    private sealed record Outcome(BridgeResult<TValue> Result);
}
