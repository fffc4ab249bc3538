using System.ComponentModel;

namespace Atlas.Engine.Flows;

/// <summary>What goes on when a wait ends. A suspended flow is one itself, so that no delegate is kept per flow: 64 bytes
/// for each idle connection.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Continuation
{
    private protected Continuation()
    {
    }

    /// <summary>Goes on with a delegate. For whoever is no flow, and keeps it to go on time after time without allocating.</summary>
    public static Continuation Of(Action action) => new ActionContinuation(action);

    /// <summary>Goes on, on the loop's thread.</summary>
    public abstract void Run();

    /// <summary>As a delegate, for queues that take any work. Allocates.</summary>
    public Action ToAction() => Run;
}
