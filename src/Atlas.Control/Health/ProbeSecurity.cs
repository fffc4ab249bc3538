namespace Atlas.Control.Health;

/// <summary>TLS of the probes of a server.</summary>
/// <param name="Tls">That of its pool.</param>
/// <param name="ServerName">The name, or the IP address in text, that the server has to prove; null: none.</param>
public sealed record ProbeSecurity(ProbeTls Tls, string? ServerName);
