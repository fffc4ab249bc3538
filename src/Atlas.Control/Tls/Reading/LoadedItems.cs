using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>What was read of each file or pair that a configuration names, so that a later reading can fall back on it.</summary>
internal sealed class LoadedItems
{
    /// <summary>Certificates by their paths.</summary>
    public Dictionary<(CertificateConfig Config, CertificateUse Use), CertificateMaterial> Certificates { get; } = [];

    /// <summary>Authorities by their path as it is written.</summary>
    public Dictionary<string, AuthorityMaterial> Authorities { get; } = new(StringComparer.Ordinal);

    /// <summary>Of certificates that an earlier reading stands in for: why.</summary>
    public Dictionary<(CertificateConfig Config, CertificateUse Use), string> CertificateProblems { get; } = [];

    /// <summary>Of authorities that an earlier reading stands in for: why.</summary>
    public Dictionary<string, string> AuthorityProblems { get; } = new(StringComparer.Ordinal);
}
