namespace Atlas.Engine.Flows;

/// <summary>Goes on with a delegate: for whoever awaits a flow without being one, as tests do.</summary>
internal sealed class ActionContinuation(Action action) : Continuation
{
    public override void Run() => action();
}
