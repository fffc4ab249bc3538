using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>What is probed: servers with the same address, an equal check, the same kind of header and the same TLS share a prober, in whatever pools they
/// are.</summary>
/// <param name="Address">Where it listens: an IP address or a Unix socket.</param>
/// <param name="Check">The check.</param>
/// <param name="ProxyProtocol">The PROXY protocol header that the probe's connections open with.</param>
/// <param name="Security">TLS of these connections; null: plain text.</param>
/// <param name="IsHttp2">Whether HTTP/2 is spoken.</param>
internal sealed record ProbeSubject(
    ServerAddress Address, HealthCheckConfig Check, ProxyProtocolVersion ProxyProtocol, ProbeSecurity? Security, bool IsHttp2);
