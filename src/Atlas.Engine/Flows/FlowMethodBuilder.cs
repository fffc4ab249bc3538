using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Atlas.Engine.Flows;

/// <summary>What the compiler drives an async method through that returns <see cref="Flow"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct FlowMethodBuilder
{
    private ResultFlowMethodBuilder<Flow.Nothing> _inner;

    /// <summary>The flow of the method.</summary>
    public Flow Task => new(_inner.Box);

    /// <summary>Makes a builder.</summary>
    public static FlowMethodBuilder Create() => default;

    /// <summary>Runs the method up to its first wait.</summary>
    public void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => machine.MoveNext();

    /// <summary>Required by the compiler; boxes are made by this builder only.</summary>
    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only builders that box through the interface need it.
    }

    /// <summary>Ends the method.</summary>
    public void SetResult() => _inner.SetResult(default);

    /// <summary>Ends the method with what it threw.</summary>
    public void SetException(Exception exception) => _inner.SetException(exception);

    /// <summary>Suspends the method.</summary>
    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion, IFlowAwaiter
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(_inner.Suspend(ref machine));

    /// <summary>Suspends the method.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion, IFlowAwaiter
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(_inner.Suspend(ref machine));
}
