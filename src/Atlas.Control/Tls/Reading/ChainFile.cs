using System.Security.Cryptography.X509Certificates;

namespace Atlas.Control.Tls.Reading;

/// <summary>Gets certificates out of a PEM file.</summary>
internal static class ChainFile
{
    /// <summary>The certificates, in the file's order, at least one; or why there are none, with the path.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="path">What problems call it.</param>
    /// <param name="max">The most certificates.</param>
    /// <param name="keyHint">What helps where the file has a private key in place of them.</param>
    /// <param name="problem">Why there are none.</param>
    public static List<X509Certificate2>? Read(byte[] bytes, string path, int max, string keyHint, out string problem)
    {
        problem = "";
        var blocks = PemBlock.All(bytes).Where(block => block.Label == PemBlock.Certificate).ToList();
        if (blocks.Count == 0)
        {
            problem = WithoutCertificate(bytes, path, keyHint);
            return null;
        }

        if (blocks.Count > max)
        {
            problem = $"{path} has {blocks.Count} certificates, and a chain has at most {max}: it has the own one and those of the authorities above";
            return null;
        }

        var certificates = new List<X509Certificate2>(blocks.Count);
        foreach (var (index, block) in blocks.Index())
        {
            if (Parse(block.Der) is { } certificate)
            {
                certificates.Add(certificate);
                continue;
            }

            certificates.ForEach(read => read.Dispose());
            problem = blocks.Count == 1
                ? $"the certificate in {path} is damaged: fetch the file anew"
                : $"certificate {index + 1} of {blocks.Count} in {path} is damaged: fetch the file anew";
            return null;
        }

        return certificates;
    }

    private static X509Certificate2? Parse(byte[]? der)
    {
        try
        {
            return der is null ? null : X509CertificateLoader.LoadCertificate(der);
        }
        catch (Exception e) when (ChainRules.IsDamage(e))
        {
            return null;
        }
    }

    private static string WithoutCertificate(byte[] bytes, string path, string keyHint)
    {
        bool isDer = bytes is [0x30, ..];
        return bytes.Length == 0 ? $"{path} is empty"
            : isDer ? $"{path} is not PEM but DER, or a PKCS#12 archive: convert it, as with openssl x509 -inform der -in FILE, or openssl pkcs12 -nodes"
            : PemBlock.All(bytes).Exists(block => block.IsKey) ? $"{path} has a private key and no certificate: {keyHint}"
            : $"{path} has no certificate: a PEM file has lines that say -----BEGIN CERTIFICATE-----";
    }
}
