using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>Whether the ciphers of TLS 1.2, which are each for one kind of key, go with a listener's certificates. Those of TLS 1.3 go
/// with all.</summary>
internal static class CipherRules
{
    /// <summary>Warns of certificates whose key no cipher is for, unless all their names have another one.</summary>
    public static void Check(ListenerTlsConfig tls, IReadOnlyList<CertificateMaterial> certificates, LoadSession session)
    {
        var usable = certificates.Where(one => tls.Ciphers.Any(cipher => IsFor(cipher, one.KeyType))).ToList();
        var served = usable.SelectMany(one => one.Names).ToHashSet(StringComparer.Ordinal);
        foreach (var kind in certificates.Except(usable).GroupBy(one => one.KeyType))
        {
            if (kind.FirstOrDefault(one => one.Names.Count == 0 || !one.Names.All(served.Contains)) is { } first)
            {
                string word = kind.Key == CertificateKeyType.Ecdsa ? "ECDSA" : "RSA";
                session.Warn(
                    tls.Source.PositionOf("ciphers"),
                    $"'ciphers': none is for a key of {word}, as the certificate of {first.Title} has, so that clients with TLS 1.2 are refused "
                        + $"there: add one whose name begins with ECDHE-{word}, or write min_version: \"1.3\"");
            }
        }
    }

    private static bool IsFor(string cipher, CertificateKeyType type) =>
        cipher.StartsWith(type == CertificateKeyType.Ecdsa ? "ECDHE-ECDSA-" : "ECDHE-RSA-", StringComparison.Ordinal);
}
