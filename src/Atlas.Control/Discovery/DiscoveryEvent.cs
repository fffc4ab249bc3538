namespace Atlas.Control.Discovery;

/// <summary>Something happened to the servers of a name.</summary>
/// <param name="At">When.</param>
/// <param name="Pool">The pool.</param>
/// <param name="IsResolved">Whether the servers changed; false: the name could not be resolved, or not as it was.</param>
/// <param name="Text">The same in words: <c>app.internal:9002 has 2 servers: 10.0.0.1:9002 came</c>.</param>
public sealed record DiscoveryEvent(DateTimeOffset At, string Pool, bool IsResolved, string Text)
{
    /// <summary>The line for the operator.</summary>
    public override string ToString() => $"pool {Pool}: {Text}";
}
