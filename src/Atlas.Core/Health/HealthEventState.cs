namespace Atlas.Core.Health;

/// <summary>What a server or a pool may turn from and to.</summary>
public enum HealthEventState
{
    /// <summary>Nothing is known.</summary>
    Unknown,

    /// <summary>The server works.</summary>
    Up,

    /// <summary>The server does not work.</summary>
    Down,

    /// <summary>The server takes no requests for a time, for what it did to real ones.</summary>
    Ejected,

    /// <summary>The pool's circuit breaker lets requests pass.</summary>
    Closed,

    /// <summary>The pool's circuit breaker lets none pass.</summary>
    Open,

    /// <summary>The pool's circuit breaker lets one pass to see.</summary>
    HalfOpen,
}
