using Atlas.Engine.Interop;

namespace Atlas.Engine.Tls;

/// <summary>Reads PEM with OpenSSL.</summary>
internal static unsafe class NativePem
{
    /// <summary>Reads all certificates up to the first that is none. The caller frees them.</summary>
    /// <returns>None where there is none: the queue of errors says why.</returns>
    internal static List<nint> ReadCertificates(byte[] pem)
    {
        var all = new List<nint>();
        fixed (byte* bytes = pem)
        {
            nint bio = LibCrypto.BIO_new_mem_buf(bytes, pem.Length);
            nint one;
            while ((one = LibCrypto.PEM_read_bio_X509(bio, null, TlsCallbacks.OnPassword, null)) != 0)
            {
                all.Add(one);
            }

            LibCrypto.BIO_free(bio);
        }

        if (all.Count > 0)
        {
            // Reading on until there is none is how the end is found.
            TlsErrors.Take();
        }

        return all;
    }
}
