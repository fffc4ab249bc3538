using Atlas.Core.Health;

namespace Atlas.Core.HighAvailability;

/// <summary>What came of asking a part of a node's own data plane.</summary>
/// <param name="Asked">What was asked, by which it is known from one look to the next: <c>listener web</c>.</param>
/// <param name="Outcome">Whether it answered; cancelled: it could not be asked.</param>
/// <param name="Detail">What was found, in a few words: <c>no answer within 750 ms</c>.</param>
public readonly record struct ListenerAnswer(string Asked, ProbeOutcome Outcome, string Detail);
