namespace Atlas.Control.Health;

/// <summary>A server to check, and who hears of it.</summary>
/// <param name="Target">The server and its check.</param>
/// <param name="IsKnown">Whether it served before this check was configured.</param>
/// <param name="TurnTo">Told each time that the checks take it out (false) or bring it back (true). Any thread, one call at a
/// time; never after <see cref="HealthChecks.Apply"/> has returned without the server. Must not block.</param>
public sealed record CheckedServer(ProbeTarget Target, bool IsKnown, Action<bool> TurnTo);
