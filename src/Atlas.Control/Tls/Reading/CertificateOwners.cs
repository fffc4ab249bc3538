using System.Globalization;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>Which certificate of a listener has which name. Two for one name are a mistake, unless one is RSA and one ECDSA.</summary>
/// <param name="listener">The listener's name.</param>
/// <param name="session">Takes what is found.</param>
internal sealed class CertificateOwners(string listener, LoadSession session)
{
    private readonly Dictionary<(string Name, CertificateKeyType Type), CertificateConfig> _owners = [];

    /// <summary>Adds a certificate; an error where an earlier one has one of its names.</summary>
    public void Add(CertificateConfig config, CertificateMaterial material)
    {
        var same = material.Names.Where(name => !_owners.TryAdd((name, material.KeyType), config)).ToList();
        if (same.Count > 0)
        {
            var first = _owners[(same[0], material.KeyType)];
            string kind = material.KeyType == CertificateKeyType.Rsa ? "RSA" : "ECDSA";
            string more = same.Count == 1 ? "" : $" and {same.Count - 1} more";
            session.Refuse(
                config.Source.PositionOf("cert"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"listener '{listener}' has two {kind} certificates for {same[0]}{more}: {first.CertPath} in line "
                        + $"{first.Source.PositionOf("cert").Line}, and {config.CertPath}: remove one of them"));
        }
    }
}
