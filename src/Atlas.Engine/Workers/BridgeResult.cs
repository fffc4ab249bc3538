namespace Atlas.Engine.Workers;

/// <summary>The end of a call through the <see cref="Bridge"/>.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">What the work returned, if it is <see cref="BridgeStatus.Done"/>.</param>
/// <param name="Error">What the work threw, if it <see cref="BridgeStatus.Failed"/>.</param>
public readonly record struct BridgeResult<TValue>(BridgeStatus Status, TValue? Value, Exception? Error)
{
    /// <summary>Whether <see cref="Value"/> is there.</summary>
    public bool IsDone => Status == BridgeStatus.Done;
}
