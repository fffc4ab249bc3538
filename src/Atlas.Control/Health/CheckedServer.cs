namespace Atlas.Control.Health;

/// <summary>A server to check, and who hears of it. Those who hear must not block; they are told on any thread, one call at a
/// time, and never after <see cref="HealthChecks.Apply"/> has returned without the server.</summary>
/// <param name="Target">The server and its check.</param>
/// <param name="IsKnown">Whether it served before this check was configured.</param>
/// <param name="TurnTo">Told each time that the checks take it out (false) or bring it back (true).</param>
public sealed record CheckedServer(ProbeTarget Target, bool IsKnown, Action<bool> TurnTo)
{
    /// <summary>Told of each probe that passed, such as to end an ejection.</summary>
    public Action Passed { get; init; } = () => { };
}
