namespace Atlas.Engine.Flows;

/// <summary>Makes flows that have ended already.</summary>
public static class ResultFlows
{
    /// <summary>A flow with this result, which nobody waits for.</summary>
    public static ResultFlow<TResult> Of<TResult>(TResult result) => new(box: null, result);
}
