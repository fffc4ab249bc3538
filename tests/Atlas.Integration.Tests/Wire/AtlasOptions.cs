using Atlas.Core.Configuration;
using Atlas.Engine.Tls;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Snapshots;

namespace Atlas.Integration.Tests.Wire;

/// <summary>What a test sets of an Atlas under test; the rest has the product's defaults.</summary>
internal sealed record AtlasOptions
{
    public int Workers { get; init; } = 2;

    public HttpLimits Limits { get; init; } = HttpLimits.Default;

    public RequestRepairs Repairs { get; init; } = RequestRepairs.None;

    public long MaxBodyBytes { get; init; } = long.MaxValue;

    public int HeadersMs { get; init; } = 10_000;

    public int IdleMs { get; init; } = 75_000;

    public int BodyIdleMs { get; init; } = 30_000;

    public int ResponseMs { get; init; } = 60_000;

    public ProxyProtocolVersion SendProxyProtocol { get; init; } = ProxyProtocolVersion.None;

    /// <summary>What the servers are spoken to in.</summary>
    public UpstreamProtocol Protocol { get; init; } = UpstreamProtocol.Http1;

    /// <summary>What handshakes with servers go by; null: they are spoken to in plain text.</summary>
    public TlsClientContext? Tls { get; init; }

    /// <summary>The name that servers have to prove; null: their IP addresses.</summary>
    public string? ServerName { get; init; } = "localhost";

    public int MaxStreams { get; init; } = 100;

    public int Retries { get; init; } = 1;

    /// <summary>Changes the listener, for instance to have routes.</summary>
    public Func<HttpListenerSnapshot, HttpListenerSnapshot> Change { get; init; } = listener => listener;

    public IReadOnlyList<IpNetwork> TrustedProxies { get; init; } = [];
}
