using System.ComponentModel;

namespace Atlas.Engine.Flows;

/// <summary>What a flow may await: the engine's own awaitables. A <see cref="Task"/> is none, since it resumes on other
/// threads; <see cref="Workers.Bridge"/> waits for it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFlowAwaiter
{
    /// <summary>Takes what goes on when the wait ends.</summary>
    void OnCompleted(Continuation continuation);
}
