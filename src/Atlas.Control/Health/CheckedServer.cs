namespace Atlas.Control.Health;

/// <summary>A server to check, and who hears of it. Those who hear must not block; they are told on any thread, one call at a
/// time, and never after <see cref="HealthChecks.Apply"/> has returned without the server.</summary>
/// <param name="Target">The server and its check.</param>
/// <param name="IsKnown">Whether it served before this check was configured.</param>
/// <param name="TurnTo">Called each time that the checks take it out (false) or bring it back (true). Has to call the second
/// argument, which tells of it: once it is so, and before whatever comes of it is told.</param>
public sealed record CheckedServer(ProbeTarget Target, bool IsKnown, Action<bool, Action> TurnTo)
{
    /// <summary>Whether its pool has no server to spare: then it is probed at its interval even while it is down. Any thread.</summary>
    public Func<bool> IsMissed { get; init; } = () => false;

    /// <summary>Told by each probe whether the server gave no answer, before <see cref="TurnTo"/>.</summary>
    public Action<bool> FoundUnreachable { get; init; } = _ => { };

    /// <summary>Told of each probe that passed, such as to end an ejection.</summary>
    public Action Passed { get; init; } = () => { };
}
