using Atlas.Engine.Interop;

namespace Atlas.Engine.Tls;

/// <summary>What the server's side of handshakes goes by: certificates, versions, ciphers, authorities.</summary>
public sealed class TlsServerContext : TlsContext
{
    private readonly TlsServerNames _names;
    private readonly Dictionary<nint, byte[]> _responses;
    private readonly nint[] _natives;

    /// <summary>Builds a context.</summary>
    /// <exception cref="TlsException">Something in the options is not usable; the message says what.</exception>
    public TlsServerContext(TlsServerOptions options)
        : base(options.Alpn)
    {
        IsSniStrict = options.IsSniStrict;
        AsksForCertificates = options.ClientCaPem is not null;
        TicketKeys = options.TicketKeys;
        using var builder = new TlsServerBuilder(options, Protocols);
        _names = builder.Names;
        _responses = builder.Responses;
        _natives = builder.Build();
        BeginUse();
    }

    /// <summary>Whether clients are refused that ask for a name without certificate.</summary>
    public bool IsSniStrict { get; }

    /// <summary>Whether a certificate is for a name. Any thread.</summary>
    /// <param name="name">A host's name.</param>
    public bool HasCertificateFor(ReadOnlySpan<byte> name) => _names.Contains(name);

    /// <summary>Whether clients are asked for a certificate.</summary>
    public bool AsksForCertificates { get; }

    internal TlsTicketKeyRing? TicketKeys { get; }

    /// <summary>The native context that a handshake begins with.</summary>
    internal nint Native => _natives[_names.Default];

    /// <summary>Finds the certificates of a name, for the length of a handshake.</summary>
    /// <param name="asked">What the client asked for; empty for nothing.</param>
    /// <param name="context">The native context to go on with: that of the first certificate when the name is not known.</param>
    /// <param name="name">The name in the form that is compared; empty when it is none.</param>
    /// <returns>Whether the name is known.</returns>
    internal bool TryFind(ReadOnlySpan<byte> asked, out nint context, out string name)
    {
        bool isKnown = _names.TryFind(asked, out int index, out name);
        context = _natives[index];
        return isKnown;
    }

    /// <summary>The OCSP response of a certificate, for the length of a handshake; empty for none.</summary>
    internal ReadOnlySpan<byte> OcspResponseOf(nint certificate) => _responses.GetValueOrDefault(certificate);

    private protected override void FreeNatives() => Array.ForEach(_natives, LibSsl.SSL_CTX_free);
}
