using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>Sets up an SSL_CTX: what both sides have in common.</summary>
internal static unsafe class NativeContext
{
    // The key exchange that withstands quantum computers comes first; OpenSSL has it from 3.5 on.
    private const string HybridGroups = "X25519MLKEM768:" + DefaultGroups;
    private const string DefaultGroups = "X25519:P-256:P-384";

    // A chain with its names and extensions has some 10 KiB.
    private const int MaxPeerChainBytes = 64 * 1024;

    /// <summary>Makes one.</summary>
    internal static nint New(nint method)
    {
        nint context = LibSsl.SSL_CTX_new(method);
        if (context == 0)
        {
            throw new TlsException($"OpenSSL cannot make a context: {TlsErrors.TakeText()}");
        }

        // Records leave one by one, each as soon as it is made; buffers are given back between them, so that an idle connection
        // has none; and whatever has come is read with one call.
        nint mode = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, mode, null);
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_READ_AHEAD, 1, null);
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_CERT_LIST, MaxPeerChainBytes, null);
        LibSsl.SSL_CTX_set_options(context, (ulong)(SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION));
        return context;
    }

    /// <summary>Says what is spoken; without groups, the best that this OpenSSL has.</summary>
    /// <exception cref="TlsException">One of the lists is not usable.</exception>
    internal static void SetVersionsAndCiphers(nint context, TlsVersion oldest, string ciphers, string suites, string? groups)
    {
        nint version = oldest == TlsVersion.Tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version, null);
        fixed (byte* list = NativeText.ToC(ciphers))
        {
            Check(LibSsl.SSL_CTX_set_cipher_list(context, list), "the ciphers of TLS 1.2", ciphers, "openssl ciphers -tls1_2 lists them");
        }

        fixed (byte* list = NativeText.ToC(suites))
        {
            Check(LibSsl.SSL_CTX_set_ciphersuites(context, list), "the cipher suites of TLS 1.3", suites, "openssl ciphers -tls1_3 lists them");
        }

        if (groups is not null)
        {
            Check(SetGroups(context, groups), "the groups", groups, "X25519, P-256, P-384 and P-521 are some");
        }
        else if (SetGroups(context, HybridGroups) != 1)
        {
            TlsErrors.Take();
            Check(SetGroups(context, DefaultGroups), "the groups", DefaultGroups, "OpenSSL was built without them");
        }
    }

    /// <summary>Trusts authorities.</summary>
    /// <param name="context">The context.</param>
    /// <param name="pem">Their certificates.</param>
    /// <param name="what">What they are, for messages.</param>
    /// <param name="areNamed">Whether clients are told their names, so that they can choose a certificate.</param>
    /// <exception cref="TlsException">There is none in it.</exception>
    internal static void AddAuthorities(nint context, byte[] pem, string what, bool areNamed)
    {
        List<nint> all = NativePem.ReadCertificates(pem);
        if (all.Count == 0)
        {
            throw new TlsException($"{what}: no certificate in PEM (-----BEGIN CERTIFICATE-----): {TlsErrors.TakeText()}");
        }

        nint store = LibSsl.SSL_CTX_get_cert_store(context);
        bool isAdded = true;
        foreach (nint one in all)
        {
            isAdded &= LibCrypto.X509_STORE_add_cert(store, one) == 1 && (!areNamed || LibSsl.SSL_CTX_add_client_CA(context, one) == 1);
            LibCrypto.X509_free(one);
        }

        if (!isAdded)
        {
            throw new TlsException($"{what}: {TlsErrors.TakeText()}");
        }
    }

    private static int SetGroups(nint context, string groups)
    {
        fixed (byte* list = NativeText.ToC(groups))
        {
            return (int)LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, list);
        }
    }

    private static void Check(int result, string what, string value, string advice)
    {
        if (result != 1)
        {
            throw new TlsException($"{what} \"{value}\" are not usable: {TlsErrors.TakeText()}; {advice}");
        }
    }
}
