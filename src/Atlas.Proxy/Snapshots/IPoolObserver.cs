using Atlas.Core.Resilience;

namespace Atlas.Proxy.Snapshots;

/// <summary>Hears what workers find that the control plane has to act on. Called on workers' threads, rarely; must not block
/// and not throw.</summary>
public interface IPoolObserver
{
    /// <summary>A server failed so many requests that it should perhaps be ejected. Not told again until that is
    /// decided.</summary>
    void ServerSuspected(string pool, ServerState server);

    /// <summary>The pool's circuit breaker changed.</summary>
    void CircuitChanged(string pool, CircuitState from, CircuitState to);
}
