using Atlas.Engine.Tls;

namespace Atlas.Proxy.Snapshots;

/// <summary>What TLS goes by, made of certificates by whoever reads them.</summary>
public interface ITlsContexts
{
    /// <summary>Towards the clients of a listener; null: it has no TLS.</summary>
    TlsServerContext? OfListener(string name);

    /// <summary>Towards the servers of a pool; null: it has no TLS.</summary>
    TlsClientContext? OfPool(string name);

    /// <summary>Towards the servers of a store; null: it has no TLS.</summary>
    TlsClientContext? OfStore(string name);
}
