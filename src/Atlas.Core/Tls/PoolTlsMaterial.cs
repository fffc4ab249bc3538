namespace Atlas.Core.Tls;

/// <summary>What TLS towards a pool's servers is made from beside its configuration.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Authorities">Who signs the servers' certificates; null: the system's authorities.</param>
/// <param name="Certificate">What servers are shown that ask for a certificate; null: nothing.</param>
public sealed record PoolTlsMaterial(string Pool, AuthorityMaterial? Authorities, CertificateMaterial? Certificate);
