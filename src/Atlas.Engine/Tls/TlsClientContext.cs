using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>What the client's side of handshakes goes by: authorities, versions, ciphers, a certificate to show.</summary>
public sealed unsafe class TlsClientContext : TlsContext
{
    /// <summary>Builds a context.</summary>
    /// <exception cref="TlsException">Something in the options is not usable; the message says what.</exception>
    public TlsClientContext(TlsClientOptions options)
        : base(options.Alpn)
    {
        IsVerified = options.IsVerified;
        Native = NativeContext.New(LibSsl.TLS_client_method());
        try
        {
            SetUp(options);
        }
        catch
        {
            FreeNatives();
            throw;
        }

        BeginUse();
    }

    internal bool IsVerified { get; }

    internal nint Native { get; }

    private protected override void FreeNatives() => LibSsl.SSL_CTX_free(Native);

    private void SetUp(TlsClientOptions options)
    {
        NativeContext.SetVersionsAndCiphers(Native, options.MinVersion, options.Ciphers, options.CipherSuites, options.Groups);
        if (options.MaxVersion == TlsVersion.Tls12)
        {
            if (options.MinVersion == TlsVersion.Tls13)
            {
                throw new TlsException("the oldest version of TLS is 1.3 and the newest 1.2: no version is left");
            }

            LibSsl.SSL_CTX_ctrl(Native, SSL_CTRL_SET_MAX_PROTO_VERSION, TLS1_2_VERSION, null);
        }

        if (options.IsVerified)
        {
            TrustAuthorities(options.CaPem);
        }

        if (options.Certificate is not null)
        {
            using var certificate = new NativeCertificate(options.Certificate);
            certificate.AddTo(Native);
        }

        fixed (byte* list = Protocols.Wire)
        {
            // The one function of OpenSSL that returns 0 on success.
            if (!Protocols.IsEmpty && LibSsl.SSL_CTX_set_alpn_protos(Native, list, (uint)Protocols.Wire.Length) != 0)
            {
                throw new TlsException($"the ALPN names cannot be used: {TlsErrors.TakeText()}");
            }
        }

        LibSsl.SSL_CTX_ctrl(Native, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL, null);
        LibSsl.SSL_CTX_sess_set_new_cb(Native, TlsCallbacks.OnNewSession);
    }

    private void TrustAuthorities(byte[]? pem)
    {
        LibSsl.SSL_CTX_set_verify(Native, SSL_VERIFY_PEER, null);
        if (pem is not null)
        {
            NativeContext.AddAuthorities(Native, pem, "the authorities of servers' certificates", areNamed: false);
        }
        else if (LibSsl.SSL_CTX_set_default_verify_paths(Native) != 1)
        {
            throw new TlsException($"the system's authorities cannot be read: {TlsErrors.TakeText()}; name a file of them");
        }
    }
}
