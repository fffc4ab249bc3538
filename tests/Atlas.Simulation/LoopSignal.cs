using System.Runtime.CompilerServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;

namespace Atlas.Simulation;

/// <summary>Lets one flow wait for another on the same loop: set once, for good.</summary>
public sealed class LoopSignal(EventLoop loop) : ICriticalNotifyCompletion, IFlowAwaiter
{
    private readonly List<Action> _waiting = [];

    /// <summary>Whether it is set.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Sets it; who waits goes on in the same turn.</summary>
    public void Set()
    {
        IsCompleted = true;
        _waiting.ForEach(loop.Yield);
        _waiting.Clear();
    }

    /// <summary>Supports await.</summary>
    public LoopSignal GetAwaiter() => this;

    /// <summary>Supports await.</summary>
    public void GetResult()
    {
        // Nothing to give.
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _waiting.Add(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _waiting.Add(continuation);

    /// <inheritdoc/>
    public void OnCompleted(Continuation continuation) => _waiting.Add(continuation.ToAction());
}
