using Atlas.Engine.Flows;

namespace Atlas.Engine.Workers;

/// <summary>The one way by which a flow waits for the control plane: it runs a <see cref="Task"/> elsewhere and resumes on
/// its loop's thread. It allocates, so it is for what a request needs rarely (a shared session store, say).</summary>
public static class Bridge
{
    /// <summary>Calls that one loop may have under way; past it they are <see cref="BridgeStatus.Refused"/>.</summary>
    public const int MaxCalls = 16 * 1024;

    /// <summary>Runs work on the thread pool and waits for it. Called on the loop's thread; never throws.</summary>
    /// <param name="loop">The loop of the flow that waits.</param>
    /// <param name="work">What to do. May block and throw; its token is cancelled when nobody waits any more. Must not
    /// touch anything that belongs to the loop.</param>
    /// <param name="deadlineMs">The loop's time at which the wait ends. There is always one: work that never ends must not
    /// hold a connection.</param>
    public static async ResultFlow<BridgeResult<TValue>> RunAsync<TValue>(
        EventLoop loop, Func<CancellationToken, ValueTask<TValue>> work, long deadlineMs)
    {
        var call = new BridgeCall<TValue>(loop, work);
        await call.WaitAsync(deadlineMs);
        return call.Result;
    }
}
