namespace Atlas.Engine.Workers;

/// <summary>A call through the <see cref="Bridge"/> that a loop waits for.</summary>
internal interface IBridgeCall
{
    /// <summary>The loop ends: resume the flow now. On the loop's thread.</summary>
    void OnLoopEnding();
}
