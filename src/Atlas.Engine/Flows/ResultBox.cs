namespace Atlas.Engine.Flows;

/// <summary>A box with a result and the delegate that resumes its method, made once per box.</summary>
internal abstract class ResultBox<TResult> : FlowBox
{
    internal TResult Result = default!;

    internal Action Resume { get; private protected init; } = null!;

    /// <summary>Takes the result or throws what the method threw, and recycles the box.</summary>
    internal TResult Take()
    {
        TResult result = Result;
        Exception? error = TakeError();
        Recycle();
        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }

        return result;
    }
}
