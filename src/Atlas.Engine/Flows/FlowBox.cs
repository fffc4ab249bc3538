namespace Atlas.Engine.Flows;

/// <summary>Where a suspended flow lives: its state machine, who waits for it and how it ended. Recycled once its result
/// was taken, so that steady work allocates nothing. Used by one thread.</summary>
internal abstract class FlowBox : Continuation
{
    private static readonly Continuation Detached = new ActionContinuation(static () => { });

    private Continuation? _continuation;
    private Exception? _error;

    internal bool IsCompleted { get; private set; }

    internal void OnCompleted(Continuation continuation) => _continuation = continuation;

    internal void Complete(Exception? error)
    {
        _error = error;
        IsCompleted = true;
        Continuation? continuation = _continuation;
        if (ReferenceEquals(continuation, Detached))
        {
            End();
        }
        else
        {
            continuation?.Run();
        }
    }

    /// <summary>Nobody will wait: the box recycles itself, and an exception ends the process, since nothing that a peer
    /// does may throw.</summary>
    internal void Detach()
    {
        if (IsCompleted)
        {
            End();
        }
        else
        {
            _continuation = Detached;
        }
    }

    internal Exception? TakeError()
    {
        Exception? error = _error;
        _error = null;
        _continuation = null;
        IsCompleted = false;
        return error;
    }

    internal abstract void Recycle();

    private void End()
    {
        Exception? error = TakeError();
        Recycle();
        if (error is not null)
        {
            Environment.FailFast("A flow ended with an exception: " + error.Message, error);
        }
    }
}
