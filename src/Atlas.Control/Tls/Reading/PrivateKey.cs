using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>A private key of a PEM file.</summary>
internal sealed class PrivateKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private PrivateKey(RSA? rsa, ECDsa? ecdsa) => (_rsa, _ecdsa) = (rsa, ecdsa);

    /// <summary>What kind of key it is.</summary>
    public CertificateKeyType Type => _rsa is null ? CertificateKeyType.Ecdsa : CertificateKeyType.Rsa;

    /// <summary>The one private key of a file; or why it has none, with the path.</summary>
    public static PrivateKey? Read(byte[] bytes, string path, out string problem)
    {
        var blocks = PemBlock.All(bytes).Where(block => block.IsKey).ToList();
        problem = blocks.Count switch
        {
            0 => WithoutKey(bytes, path),
            1 => "",
            _ => $"{path} has {blocks.Count} private keys: leave the one of the certificate",
        };
        return problem.Length > 0 ? null : Read(blocks[0], bytes, path, out problem);
    }

    /// <summary>Whether it is the key of a certificate.</summary>
    public bool BelongsTo(X509Certificate2 certificate)
    {
        try
        {
            if (_rsa is not null)
            {
                using var known = certificate.GetRSAPublicKey();
                return known is not null && IsSame(known.ExportParameters(false), _rsa.ExportParameters(false));
            }

            using var other = certificate.GetECDsaPublicKey();
            return other is not null && IsSame(other.ExportParameters(false), _ecdsa!.ExportParameters(false));
        }
        catch (Exception e) when (ChainRules.IsDamage(e))
        {
            return false;
        }
    }

    /// <summary>The key as PEM, PKCS#8 without a passphrase.</summary>
    public string ToPem() => _rsa?.ExportPkcs8PrivateKeyPem() ?? _ecdsa!.ExportPkcs8PrivateKeyPem();

    /// <inheritdoc/>
    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }

    private static PrivateKey? Read(PemBlock block, byte[] bytes, string path, out string problem)
    {
        // Before PKCS#8, OpenSSL wrote two lines of headers into the block of an encrypted key.
        if (block.Label == "ENCRYPTED PRIVATE KEY" || bytes.AsSpan().IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0)
        {
            problem = $"the key in {path} is encrypted, and Atlas asks nobody for a passphrase: write it without, as with "
                + "openssl pkey -in FILE -out NEW, and chmod 600 NEW";
            return null;
        }

        if (block.Der is null || Parse(block) is not { } key)
        {
            problem = block.Der is null
                ? $"the private key in {path} is damaged: fetch the file anew"
                : $"the private key in {path} is damaged, or neither RSA nor ECDSA: make an ECDSA key on P-256, or RSA with 2048 bits";
            return null;
        }

        problem = "";
        return key;
    }

    private static PrivateKey? Parse(PemBlock block) => block.Label switch
    {
        "RSA PRIVATE KEY" => Try(RSA.Create(), key => key.ImportRSAPrivateKey(block.Der, out _)) is { } rsa ? new PrivateKey(rsa, null) : null,
        "EC PRIVATE KEY" => Try(ECDsa.Create(), key => key.ImportECPrivateKey(block.Der, out _)) is { } ecdsa ? new PrivateKey(null, ecdsa) : null,
        "PRIVATE KEY" => Try(RSA.Create(), key => key.ImportPkcs8PrivateKey(block.Der, out _)) is { } rsa ? new PrivateKey(rsa, null)
            : Try(ECDsa.Create(), key => key.ImportPkcs8PrivateKey(block.Der, out _)) is { } ecdsa ? new PrivateKey(null, ecdsa)
            : null,
        _ => null,
    };

    private static T? Try<T>(T key, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch (Exception e) when (ChainRules.IsDamage(e))
        {
            key.Dispose();
            return null;
        }
    }

    private static bool IsSame(RSAParameters left, RSAParameters right) =>
        left.Modulus.AsSpan().SequenceEqual(right.Modulus) && left.Exponent.AsSpan().SequenceEqual(right.Exponent);

    private static bool IsSame(ECParameters left, ECParameters right) =>
        left.Q.X.AsSpan().SequenceEqual(right.Q.X) && left.Q.Y.AsSpan().SequenceEqual(right.Q.Y);

    private static string WithoutKey(byte[] bytes, string path) =>
        bytes.Length == 0 ? $"{path} is empty"
        : PemBlock.All(bytes).Exists(block => block.Label == PemBlock.Certificate)
            ? $"{path} has a certificate and no private key: 'cert' and 'key' may be swapped, or name the same file"
        : bytes is [0x30, ..] ? $"{path} is not PEM but DER: convert it, as with openssl pkey -inform der -in FILE"
        : $"{path} has no private key: a PEM file has a line that says -----BEGIN PRIVATE KEY-----";
}
