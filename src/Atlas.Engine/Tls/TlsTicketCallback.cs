using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>Gives OpenSSL the keys of tickets (SSL_CTX_set_tlsext_ticket_key_evp_cb): AES-256-CBC, then HMAC-SHA256 over it.</summary>
internal static unsafe class TlsTicketCallback
{
    private const int Failed = -1;
    private const int Unknown = 0;
    private const int Done = 1;
    private const int DoneAndRenew = 2;

    // The block of AES.
    private const int VectorLength = 16;

    // Looked up once: OpenSSL would do so for each ticket, under locks.
    private static readonly nint Aes = FetchAes();

    internal static void* Pointer => (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int>)&OnTicket;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTicket(nint ssl, byte* name, byte* vector, nint cipher, nint mac, int isNew)
    {
        TlsTicketKeys? keys = TlsCallbacks.StreamOf(ssl).Server!.TicketKeys?.Keys;
        if (keys is null)
        {
            return Unknown;
        }

        var nameBytes = new Span<byte>(name, TlsTicketKey.NameLength);
        TlsTicketKey? key = isNew == 1 ? keys.Current : keys.Find(nameBytes);
        if (key is null)
        {
            return Unknown;
        }

        if (isNew == 1)
        {
            key.Name.CopyTo(nameBytes);
            if (LibCrypto.RAND_bytes(vector, VectorLength) != 1)
            {
                return Failed;
            }
        }

        if (!TrySetKeys(key, cipher, mac, vector, isNew == 1))
        {
            return Failed;
        }

        // TLS 1.3's tickets are for one use, so that each brings the next.
        bool renews = isNew == 0 && (!ReferenceEquals(key, keys.Current) || LibSsl.SSL_version(ssl) == TLS1_3_VERSION);
        return renews ? DoneAndRenew : Done;
    }

    private static nint FetchAes()
    {
        fixed (byte* name = "AES-256-CBC"u8)
        {
            return LibCrypto.EVP_CIPHER_fetch(0, name, null);
        }
    }

    private static bool TrySetKeys(TlsTicketKey key, nint cipher, nint mac, byte* vector, bool isNew)
    {
        fixed (byte* cipherSecret = key.CipherSecret)
        fixed (byte* macSecret = key.MacSecret)
        fixed (byte* keyName = "key"u8)
        fixed (byte* digestName = "digest"u8)
        fixed (byte* digest = "SHA256"u8)
        {
            CryptoParameter* parameters = stackalloc CryptoParameter[3];
            parameters[0] = new CryptoParameter
            {
                Key = keyName, Type = OSSL_PARAM_OCTET_STRING, Value = macSecret, Length = TlsTicketKey.SecretLength,
            };
            parameters[1] = new CryptoParameter { Key = digestName, Type = OSSL_PARAM_UTF8_STRING, Value = digest, Length = 6 };
            parameters[2] = default;
            return LibCrypto.EVP_MAC_CTX_set_params(mac, parameters) == 1
                && (isNew
                    ? LibCrypto.EVP_EncryptInit_ex(cipher, Aes, 0, cipherSecret, vector)
                    : LibCrypto.EVP_DecryptInit_ex(cipher, Aes, 0, cipherSecret, vector)) == 1;
        }
    }
}
