using Atlas.Engine.Tls;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Snapshots;

/// <summary>A listener as the data plane sees it, whatever is spoken on it: immutable.</summary>
/// <param name="Name">The listener's name.</param>
public abstract record ListenerSnapshot(string Name)
{
    /// <summary>What counts its traffic, the same across reloads; null: nothing does.</summary>
    public ListenerMetrics? Metrics { get; init; }

    /// <summary>What writes its access log: a writer for each worker, by the worker's index. Empty: no log.</summary>
    public IReadOnlyList<AccessLogWriter> AccessLog { get; init; } = [];

    /// <summary>What clients' TLS goes by that ends here; null: they speak without it, or it is passed on.</summary>
    public TlsServerContext? Tls { get; init; }

    /// <summary>Hears of handshakes that fail; null: nobody does.</summary>
    public IHandshakeObserver? Handshakes { get; init; }

    /// <summary>Milliseconds that a handshake may take.</summary>
    public int HandshakeMs { get; init; } = 10_000;

    /// <summary>The same with other snapshots of its pools.</summary>
    /// <param name="next">What stands in place of a pool.</param>
    internal abstract ListenerSnapshot With(Func<PoolSnapshot, PoolSnapshot> next);
}
