namespace Atlas.Core.Resilience;

/// <summary>What a circuit breaker said to a request. A request that was let through gives it back with its
/// outcome.</summary>
/// <param name="IsAllowed">Whether the request may go to a server.</param>
/// <param name="IsProbe">Whether it is the one that shows whether others may. Its server should be one that is
/// likely to work.</param>
/// <param name="IsFirstProbe">Whether it is the first one after the breaker was open: the state changed to
/// <see cref="CircuitState.HalfOpen"/>.</param>
/// <param name="Epoch">Which of the breaker's states let it through: outcomes of another one say nothing.</param>
public readonly record struct CircuitPass(bool IsAllowed, bool IsProbe, bool IsFirstProbe, int Epoch);
