namespace Atlas.Core.Health;

/// <summary>Who changed the state of a server or a pool.</summary>
public enum HealthEventReason
{
    /// <summary>Active checks of the server.</summary>
    HealthCheck,

    /// <summary>What became of real requests.</summary>
    RealRequests,

    /// <summary>An ejection that is over.</summary>
    EjectionOver,
}
