using Atlas.Engine.Interop;

namespace Atlas.Engine.Tls;

/// <summary>What the server's side of handshakes goes by: certificates, versions, ciphers, authorities. Immutable, and shared by all
/// workers. Connections keep what they use of it, so that it may be disposed while they live; handshakes that begin later fail.
/// Whoever replaces one that handshakes may be about to begin with leaves it to the finalizer instead.</summary>
public sealed class TlsServerContext : IDisposable
{
    private readonly TlsServerNames _names;
    private readonly Dictionary<nint, byte[]> _responses;
    private readonly nint[] _natives;
    private int _uses = 1;
    private int _isDisposed;

    /// <summary>Builds a context.</summary>
    /// <exception cref="TlsException">Something in the options is not usable; the message says what.</exception>
    public TlsServerContext(TlsServerOptions options)
    {
        TlsLibrary.Require();
        Protocols = new TlsProtocols(options.Alpn);
        IsSniStrict = options.IsSniStrict;
        using var builder = new TlsServerBuilder(options, Protocols);
        _names = builder.Names;
        _responses = builder.Responses;
        _natives = builder.Build();
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~TlsServerContext()
    {
        // Null when the constructor threw.
        if (_natives is not null)
        {
            EndUse();
        }
    }

    internal TlsProtocols Protocols { get; }

    internal bool IsSniStrict { get; }

    /// <summary>Ends its use: see above. Idempotent.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            GC.SuppressFinalize(this);
            EndUse();
        }
    }

    /// <summary>A handshake begins.</summary>
    /// <returns>The native context to begin with; 0 when the context is gone.</returns>
    internal nint TryUse()
    {
        int uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
            {
                return _natives[_names.Default];
            }

            uses = seen;
        }

        return 0;
    }

    /// <summary>A handshake that began ends.</summary>
    internal void EndUse()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            foreach (nint native in _natives)
            {
                LibSsl.SSL_CTX_free(native);
            }
        }
    }

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
}
