using Atlas.Core.Configuration;

namespace Atlas.Core.Tls;

/// <summary>What a listener's TLS is made from beside its configuration.</summary>
/// <param name="Listener">The listener's name.</param>
/// <param name="Certificates">In the configuration's order, the default first; no two of one key type have a name in common.</param>
/// <param name="ClientAuthorities">Who signs the certificates of clients; null: clients are asked for none.</param>
public sealed record ListenerTlsMaterial(string Listener, ValueList<CertificateMaterial> Certificates, AuthorityMaterial? ClientAuthorities);
