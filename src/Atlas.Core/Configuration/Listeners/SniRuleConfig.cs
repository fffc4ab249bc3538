namespace Atlas.Core.Configuration;

/// <summary>Sends one server name to a pool.</summary>
/// <param name="Host">The name.</param>
/// <param name="Pool">The pool's name.</param>
/// <param name="Position">Where it was written.</param>
public sealed record SniRuleConfig(HostPattern Host, string Pool, SourcePosition Position);
