using Atlas.Core.Resilience;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What workers told the control plane.</summary>
public sealed class RecordingObserver : IPoolObserver
{
    public List<string> Suspects { get; } = [];

    public List<(CircuitState From, CircuitState To)> Circuit { get; } = [];

    public void ServerSuspected(string pool, ServerState server) => Suspects.Add(server.Name);

    public void CircuitChanged(string pool, CircuitState from, CircuitState to) => Circuit.Add((from, to));
}
