namespace Atlas.Admin.Reports;

/// <summary>A listener. What is null is not known, and absent in JSON.</summary>
public sealed record ListenerReport
{
    /// <summary>Its configured name.</summary>
    public required string Name { get; init; }

    /// <summary>Its protocol, by its name in the configuration.</summary>
    public string? Protocol { get; init; }

    /// <summary>Whether TLS of clients ends here; null: it does not.</summary>
    public bool? Tls { get; init; }

    /// <summary><c>kernel</c> where the kernel forwards its packets and Atlas sees none of them; null: Atlas moves them.</summary>
    public string? Mode { get; init; }

    /// <summary>Where it listens, with the port that the kernel chose where 0 is configured.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Connections, or flows, that are open.</summary>
    public long? Connections { get; init; }

    /// <summary>Those of <see cref="Connections"/> that speak HTTP/2; null where none can.</summary>
    public long? Http2Connections { get; init; }

    /// <summary>Requests and tunnels on them that have not ended.</summary>
    public long? Http2Streams { get; init; }
}
