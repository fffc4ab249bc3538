using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Atlas.Engine.Flows;

/// <summary>What the compiler drives an async method through that returns <see cref="ResultFlow{TResult}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct ResultFlowMethodBuilder<TResult>
{
    private TResult _result;

    /// <summary>The flow of the method.</summary>
    public readonly ResultFlow<TResult> Task => new(Box, _result);

    internal ResultBox<TResult>? Box { get; private set; }

    /// <summary>Makes a builder.</summary>
    public static ResultFlowMethodBuilder<TResult> Create() => default;

    /// <summary>Runs the method up to its first wait.</summary>
    public readonly void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => machine.MoveNext();

    /// <summary>Required by the compiler; boxes are made by this builder only.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only builders that box through the interface need it.
    }

    /// <summary>Ends the method with its result.</summary>
    public void SetResult(TResult result)
    {
        if (Box is null)
        {
            _result = result;
        }
        else
        {
            Box.Result = result;
            Box.Complete(error: null);
        }
    }

    /// <summary>Ends the method with what it threw.</summary>
    public void SetException(Exception exception)
    {
        if (Box is null)
        {
            Box = new FaultedBox<TResult>(exception);
        }
        else
        {
            Box.Complete(exception);
        }
    }

    /// <summary>Suspends the method.</summary>
    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion, IFlowAwaiter
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(Suspend(ref machine));

    /// <summary>Suspends the method.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion, IFlowAwaiter
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(Suspend(ref machine));

    internal Continuation Suspend<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine
    {
        if (Box is null)
        {
            MachineBox<TResult, TMachine> box = MachineBox<TResult, TMachine>.Rent();

            // This builder lies inside the machine: it must know its box before the machine is copied there.
            Box = box;
            box.Machine = machine;
        }

        return Box;
    }
}
