namespace Atlas.Core.Resilience;

/// <summary>Whether a circuit breaker lets requests pass.</summary>
public enum CircuitState
{
    /// <summary>All pass.</summary>
    Closed,

    /// <summary>None passes.</summary>
    Open,

    /// <summary>One passes and shows whether the others may.</summary>
    HalfOpen,
}
