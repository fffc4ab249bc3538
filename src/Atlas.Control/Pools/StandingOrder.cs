namespace Atlas.Control.Pools;

/// <summary>What an operator asked of a server and is so still.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Server">The server's name in it.</param>
/// <param name="Order">What was asked, a deadline counted from now.</param>
public sealed record StandingOrder(string Pool, string Server, ServerOrder Order);
