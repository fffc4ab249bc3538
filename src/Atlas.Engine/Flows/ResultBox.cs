namespace Atlas.Engine.Flows;

/// <summary>A box with a result.</summary>
internal abstract class ResultBox<TResult> : FlowBox
{
    internal TResult Result = default!;

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
