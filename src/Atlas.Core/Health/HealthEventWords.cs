namespace Atlas.Core.Health;

/// <summary>The words of logs, metrics and the admin API for what events hold.</summary>
public static class HealthEventWords
{
    /// <summary>A state: <c>up</c>, <c>half_open</c>.</summary>
    public static string Word(this HealthEventState state) => state switch
    {
        HealthEventState.Unknown => "unknown",
        HealthEventState.Up => "up",
        HealthEventState.Down => "down",
        HealthEventState.Ejected => "ejected",
        HealthEventState.Closed => "closed",
        HealthEventState.Open => "open",
        HealthEventState.HalfOpen => "half_open",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>A reason: <c>health_check</c>.</summary>
    public static string Word(this HealthEventReason reason) => reason switch
    {
        HealthEventReason.HealthCheck => "health_check",
        HealthEventReason.RealRequests => "real_requests",
        HealthEventReason.EjectionOver => "ejection_over",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>The state that active checks found, as events name it.</summary>
    public static HealthEventState ToEventState(this ServerHealth health) => health switch
    {
        ServerHealth.Unknown => HealthEventState.Unknown,
        ServerHealth.Up => HealthEventState.Up,
        ServerHealth.Down => HealthEventState.Down,
        _ => throw new ArgumentOutOfRangeException(nameof(health)),
    };
}
