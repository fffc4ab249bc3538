namespace Atlas.Core.Tls;

/// <summary>What TLS towards the servers of a pool or store is made from beside its configuration.</summary>
/// <param name="Owner">The pool's name, or the store's.</param>
/// <param name="Authorities">Who signs the servers' certificates; null: the system's authorities.</param>
/// <param name="Certificate">What servers are shown that ask for a certificate; null: nothing.</param>
public sealed record PoolTlsMaterial(string Owner, AuthorityMaterial? Authorities, CertificateMaterial? Certificate);
