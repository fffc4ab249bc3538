using System.Runtime.CompilerServices;
using Atlas.Engine.Flows;

namespace Atlas.Engine.Workers;

/// <summary>Lets the other connections of a loop have their turn: resumes after the events at hand. For work that would
/// otherwise go on for as long as both its peers are fast.</summary>
public readonly struct YieldAwaitable : ICriticalNotifyCompletion, IFlowAwaiter
{
    private readonly EventLoop _loop;

    internal YieldAwaitable(EventLoop loop) => _loop = loop;

    /// <summary>Always false: it always lets go.</summary>
    public bool IsCompleted => false;

    /// <summary>Supports await.</summary>
    public YieldAwaitable GetAwaiter() => this;

    /// <summary>Supports await.</summary>
    public void GetResult()
    {
        // Nothing comes of it.
    }

    /// <inheritdoc/>
    public void OnCompleted(Continuation continuation) => _loop.Yield(continuation);

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _loop.Yield(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _loop.Yield(continuation);
}
