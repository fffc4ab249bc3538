using Atlas.Core.Health;

namespace Atlas.Core.HighAvailability;

/// <summary>What came of asking one of a node's own listeners.</summary>
/// <param name="Listener">Its name.</param>
/// <param name="Outcome">Whether it answered; cancelled: it could not be asked.</param>
/// <param name="Detail">What was found, in a few words: <c>no answer within 750 ms</c>.</param>
public readonly record struct ListenerAnswer(string Listener, ProbeOutcome Outcome, string Detail);
