using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>What is probed: servers with the same address, an equal check and the same kind of header share a prober, in whatever pools they
/// are.</summary>
/// <param name="Address">Where it listens: an IP address or a Unix socket.</param>
/// <param name="Check">The check.</param>
/// <param name="ProxyProtocol">The PROXY protocol header that the probe's connections open with.</param>
internal sealed record ProbeSubject(ServerAddress Address, HealthCheckConfig Check, ProxyProtocolVersion ProxyProtocol);
