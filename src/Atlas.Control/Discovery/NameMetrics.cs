using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Discovery;

/// <summary>What is counted of a name, with those that its SRV records lead to.</summary>
/// <param name="Name">The name as the configuration has it.</param>
/// <param name="Lookups">Lookups by their outcome, as many as <see cref="LookupOutcome"/> has values.</param>
/// <param name="AnswerAgeSeconds">Seconds since the last lookup of the name itself that brought records; null: none did.</param>
public sealed record NameMetrics(string Name, IReadOnlyList<long> Lookups, double? AnswerAgeSeconds);
