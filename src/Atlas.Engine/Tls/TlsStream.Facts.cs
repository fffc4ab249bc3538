using System.Collections.Concurrent;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <content>What was agreed on in the handshake. It stays after the close.</content>
public sealed unsafe partial class TlsStream
{
    // OpenSSL's ciphers are constants of the library, some hundred.
    private static readonly ConcurrentDictionary<nint, string> CipherNames = new();

    private TlsRefusedCertificate? _refusedCertificate;
    private bool _isNameUnfit;

    /// <summary>The version that is spoken.</summary>
    public TlsVersion Version { get; private set; }

    /// <summary>The cipher, in OpenSSL's words: "TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256".</summary>
    public string CipherName { get; private set; } = "";

    /// <summary>The protocol that was agreed on (ALPN), one of those that the context lists; empty for none.</summary>
    public string Alpn { get; private set; } = "";

    /// <summary>The name that the client asked for (SNI) in lower case, without a dot at its end; empty for none. At most 255
    /// letters, digits, dots, hyphens and underscores: what is none of them is taken for no name.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>Whether the session is an older one resumed: no certificates were shown.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>The certificate that the client showed; null for none.</summary>
    public TlsPeerCertificate? ClientCertificate { get; private set; }

    /// <summary>Encrypted bytes of the handshake, both ways.</summary>
    public long HandshakeBytes { get; private set; }

    /// <summary>A callback heard the client's name.</summary>
    /// <param name="name">The name; empty for none.</param>
    /// <param name="isUnfit">Whether there is none because what the client sent cannot be one.</param>
    internal void NoteServerName(string name, bool isUnfit = false) => (ServerName, _isNameUnfit) = (name, isUnfit);

    /// <summary>A callback heard that the client's certificate is not accepted.</summary>
    internal void NoteRefusedCertificate(TlsRefusedCertificate certificate) => _refusedCertificate = certificate;

    private void NoteFacts()
    {
        Version = LibSsl.SSL_version(_ssl) == TLS1_3_VERSION ? TlsVersion.Tls13 : TlsVersion.Tls12;
        IsResumed = LibSsl.SSL_session_reused(_ssl) == 1;
        CipherName = CipherNames.GetOrAdd(
            LibSsl.SSL_get_current_cipher(_ssl), static cipher => NativeText.Of(LibSsl.SSL_CIPHER_get_name(cipher)));
        ClientCertificate = Server is { AsksForCertificates: true } ? TlsPeerCertificate.Of(_ssl) : null;
        byte* name;
        uint length;
        LibSsl.SSL_get0_alpn_selected(_ssl, &name, &length);
        Alpn = length == 0 ? "" : _context.Protocols.Find(new ReadOnlySpan<byte>(name, (int)length));
    }
}
