using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>A server and the check that it gets. Equal ones are the same across reloads and keep what was found.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Server">The server's name, unique in the pool.</param>
/// <param name="Address">Where it listens: an IP address or a Unix socket.</param>
/// <param name="Check">The check.</param>
/// <param name="ProxyProtocol">The PROXY protocol header that the server asks for.</param>
public sealed record ProbeTarget(
    string Pool,
    string Server,
    ServerAddress Address,
    HealthCheckConfig Check,
    ProxyProtocolVersion ProxyProtocol = ProxyProtocolVersion.None)
{
    /// <summary>What is probed for it.</summary>
    internal ProbeSubject Subject => Check.Port is int port && port != Address.Port
        ? new(Address.AtPort(port), Check, ProxyProtocolVersion.None)
        : new(Address, Check, ProxyProtocol);
}
