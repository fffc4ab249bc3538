namespace Atlas.Engine.Tls;

/// <summary>What handshakes go by. Immutable, and shared by all workers. Connections keep what they use of it, so that it may be
/// disposed while they live; handshakes that begin later fail. Whoever replaces one that handshakes may be about to begin with
/// leaves it to the finalizer instead. Any thread.</summary>
public abstract class TlsContext : IDisposable
{
    private int _uses;
    private int _isDisposed;

    private protected TlsContext(IReadOnlyList<string> alpn)
    {
        TlsLibrary.Require();
        Protocols = new TlsProtocols(alpn);
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~TlsContext() => EndUse();

    internal TlsProtocols Protocols { get; }

    /// <summary>Ends its use: see above. Idempotent.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            EndUse();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A handshake begins.</summary>
    /// <returns>False when the context is gone.</returns>
    internal bool TryUse()
    {
        int uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
            {
                return true;
            }

            uses = seen;
        }

        return false;
    }

    /// <summary>A handshake that began ends.</summary>
    internal void EndUse()
    {
        // Below zero where a constructor threw before there was anything to free.
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            FreeNatives();
        }
    }

    /// <summary>The context is built: its owner uses it until the disposal.</summary>
    private protected void BeginUse() => _uses = 1;

    /// <summary>Nobody uses it any more.</summary>
    private protected abstract void FreeNatives();
}
