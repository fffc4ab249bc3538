namespace Atlas.Engine.Flows;

/// <summary>The box of a method that threw before it first waited.</summary>
internal sealed class FaultedBox<TResult> : ResultBox<TResult>
{
    internal FaultedBox(Exception error) => Complete(error);

    internal override void Recycle()
    {
        // Not pooled: it exists because something is broken.
    }

    public override void Run() => throw new InvalidOperationException("A method that ended has nothing to go on with.");
}
