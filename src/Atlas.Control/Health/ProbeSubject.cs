using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>What is probed: servers with the same address and an equal check share a prober, in whatever pools they
/// are.</summary>
/// <param name="Address">Where it listens: an IP address or a Unix socket.</param>
/// <param name="Check">The check.</param>
internal sealed record ProbeSubject(ServerAddress Address, HealthCheckConfig Check);
