using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Tls;

/// <summary>A certificate, its key and its chain as OpenSSL has them, while a context is built: contexts hold references of their
/// own.</summary>
internal sealed unsafe class NativeCertificate : IDisposable
{
    // More than any authority gives; a file that is none of a chain ends here.
    private const int MaxChainLength = 16;

    private nint _certificate;
    private nint _key;
    private nint _chain;

    /// <summary>Reads it.</summary>
    /// <exception cref="TlsException">Something is wrong with it.</exception>
    internal NativeCertificate(TlsCertificate source)
    {
        Source = source;
        try
        {
            ReadChain();
            ReadKey();
            Names = source.Names ?? NamesIn(source.ChainPem);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal TlsCertificate Source { get; }

    /// <summary>The names that it serves.</summary>
    internal IReadOnlyList<string> Names { get; } = [];

    /// <summary>OpenSSL's number of its kind of key: RSA, EC and others.</summary>
    internal int KeyKind => LibCrypto.EVP_PKEY_get_base_id(_key);

    /// <summary>The certificate as OpenSSL has it.</summary>
    internal nint Handle => _certificate;

    /// <summary>Gives a context the certificate, its key and its chain.</summary>
    /// <exception cref="TlsException">They do not fit together, or are too weak.</exception>
    internal void AddTo(nint context)
    {
        if (LibSsl.SSL_CTX_use_cert_and_key(context, _certificate, _key, _chain, replace: 1) != 1)
        {
            throw Wrong($"it and its key cannot be used together: {TlsErrors.TakeText()}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LibCrypto.X509_free(_certificate);
        LibCrypto.EVP_PKEY_free(_key);
        for (int i = 0; _chain != 0 && i < LibCrypto.OPENSSL_sk_num(_chain); i++)
        {
            LibCrypto.X509_free(LibCrypto.OPENSSL_sk_value(_chain, i));
        }

        LibCrypto.OPENSSL_sk_free(_chain);
        (_certificate, _key, _chain) = (0, 0, 0);
    }

    private string[] NamesIn(byte[] pem)
    {
        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem));
            return
            [
                .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()),
            ];
        }
        catch (CryptographicException e)
        {
            throw Wrong($"the names in it cannot be read: {e.Message}");
        }
    }

    private void ReadChain()
    {
        List<nint> all = NativePem.ReadCertificates(Source.ChainPem);
        if (all.Count == 0)
        {
            throw Wrong($"it has no certificate in PEM (-----BEGIN CERTIFICATE-----): {TlsErrors.TakeText()}");
        }

        _certificate = all[0];
        _chain = LibCrypto.OPENSSL_sk_new_null();
        foreach (nint one in all.Skip(1))
        {
            if (LibCrypto.OPENSSL_sk_push(_chain, one) == 0)
            {
                throw new OutOfMemoryException();
            }
        }

        if (all.Count > MaxChainLength)
        {
            throw Wrong($"it has {all.Count} certificates: leave it those from its own towards its authority, at most {MaxChainLength}");
        }
    }

    private void ReadKey()
    {
        fixed (byte* bytes = Source.KeyPem)
        {
            nint bio = LibCrypto.BIO_new_mem_buf(bytes, Source.KeyPem.Length);
            _key = LibCrypto.PEM_read_bio_PrivateKey(bio, null, TlsCallbacks.OnPassword, null);
            LibCrypto.BIO_free(bio);
        }

        if (_key == 0)
        {
            string why = TlsErrors.TakeText();
            throw Wrong(Source.KeyPem.AsSpan().IndexOf("ENCRYPTED"u8) >= 0
                ? "its key is encrypted: decrypt it (openssl pkey -in KEY -out PLAIN)"
                : $"its key cannot be read as a private key in PEM: {why}");
        }
    }

    private TlsException Wrong(string what) => new($"certificate {Source.Label}: {what}");
}
