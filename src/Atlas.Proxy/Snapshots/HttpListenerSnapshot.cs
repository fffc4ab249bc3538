using Atlas.Protocols.Http;

namespace Atlas.Proxy.Snapshots;

/// <summary>An HTTP listener as the data plane sees it: immutable.</summary>
public sealed record HttpListenerSnapshot(string Name, PoolSnapshot Pool)
{
    /// <summary>Bounds of request heads.</summary>
    public HttpLimits Limits { get; init; } = HttpLimits.Default;

    /// <summary>Bytes that a request body may have; past it 413.</summary>
    public long MaxBodyBytes { get; init; } = long.MaxValue;

    /// <summary>Milliseconds from the first byte of a request to the end of its head; past it 408.</summary>
    public int HeadersMs { get; init; } = 10_000;

    /// <summary>Milliseconds between requests.</summary>
    public int IdleMs { get; init; } = 75_000;

    /// <summary>Milliseconds that a client may neither send nor take any byte of a body.</summary>
    public int BodyIdleMs { get; init; } = 30_000;

    /// <summary>What <c>Via</c> calls this proxy (RFC 9110 7.6.3).</summary>
    public string Pseudonym { get; init; } = "atlas";
}
