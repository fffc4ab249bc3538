using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Discovery;

/// <summary>What is known of a name that a pool's servers come from.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Name">The name as the configuration has it, with its port.</param>
/// <param name="Servers">How many servers it has at present.</param>
public sealed record NameReport(string Pool, string Name, int Servers)
{
    /// <summary>Whether its first lookup has yet to end.</summary>
    public bool IsPending { get; init; }

    /// <summary>How the last lookup of it that brought nothing ended, unless one brought something since; null: none did.</summary>
    public LookupOutcome? Problem { get; init; }

    /// <summary>Which lookup it was, and who said what: <c>api.internal (AAAA): 10.0.0.53:53: SERVFAIL</c>; null without a problem.</summary>
    public string? Detail { get; init; }

    /// <summary>How long ago records came last, in ms; null: they never did, or there is no problem.</summary>
    public long? AnswerAgeMs { get; init; }
}
