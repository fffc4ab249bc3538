namespace Atlas.Control.Pools;

/// <summary>A server's or a pool's state changed.</summary>
/// <param name="At">When.</param>
/// <param name="Pool">The pool's name.</param>
/// <param name="Server">The server's name; null: it is of the pool itself.</param>
/// <param name="Kind">What changed.</param>
/// <param name="Text">The same in words, with what was before or why.</param>
public sealed record PoolChange(DateTimeOffset At, string Pool, string? Server, PoolChangeKind Kind, string Text)
{
    /// <summary>The line for the operator: <c>pool web server b: drain, was ready: 3 requests are left</c>.</summary>
    public override string ToString() => Server is null ? $"pool {Pool}: {Text}" : $"pool {Pool} server {Server}: {Text}";
}
