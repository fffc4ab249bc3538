using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>A server and the check that it gets. Equal ones are the same across reloads and keep what was found.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Server">The server's name, unique in the pool.</param>
/// <param name="Address">Where it listens: an IP address or a Unix socket.</param>
/// <param name="Check">The check.</param>
/// <param name="ProxyProtocol">The PROXY protocol header that the server asks for.</param>
/// <param name="Security">TLS with the server; null: plain text.</param>
/// <param name="IsHttp2">Whether the server speaks HTTP/2 and nothing else.</param>
public sealed record ProbeTarget(
    string Pool,
    string Server,
    ServerAddress Address,
    HealthCheckConfig Check,
    ProxyProtocolVersion ProxyProtocol = ProxyProtocolVersion.None,
    ProbeSecurity? Security = null,
    bool IsHttp2 = false)
{
    /// <summary>What is probed for it.</summary>
    internal ProbeSubject Subject => Check.Port is int port && port != Address.Port
        ? new(Address.AtPort(port), Check, ProxyProtocolVersion.None, Security: null, IsHttp2: false)
        : new(Address, Check, ProxyProtocol, Security, IsHttp2);
}
