using Atlas.Core.Health;

namespace Atlas.Core.HighAvailability;

/// <summary>What came of asking a part of a node's own data plane.</summary>
/// <param name="Asked">What was asked: <c>listener web</c>. With the address it is known from one look to the next.</param>
/// <param name="Outcome">Whether it answered; cancelled: it could not be asked.</param>
/// <param name="Detail">What was found, in a few words: <c>no answer within 750 ms</c>.</param>
public readonly record struct ListenerAnswer(string Asked, ProbeOutcome Outcome, string Detail)
{
    /// <summary>Where it was asked, since a listener may have several addresses; empty: it has none.</summary>
    public string Address { get; init; } = "";
}
