namespace Atlas.Control.Tls;

/// <summary>What of a configuration names files of TLS.</summary>
public enum TlsOwnerKind
{
    /// <summary>A listener: towards clients.</summary>
    Listener,

    /// <summary>A pool: towards its servers.</summary>
    Pool,

    /// <summary>A store: towards its servers.</summary>
    Store,
}
