namespace Atlas.Core.Configuration;

/// <summary>A server, or a name that stands for several. Either <see cref="Address"/> or <see cref="Dns"/> is there.</summary>
public sealed record ServerConfig : ConfigSection
{
    /// <summary>Its name, unique in the pool. Default its address, or the DNS name (and port).</summary>
    public string Name { get; init; } = "";

    /// <summary>The address; null with <see cref="Dns"/>.</summary>
    public ServerAddress? Address { get; init; }

    /// <summary>The name that is resolved into servers again and again; null with <see cref="Address"/>.</summary>
    public DnsSourceConfig? Dns { get; init; }

    /// <summary>The name that it was found by, which its certificate must have unless the pool says otherwise; null: it was written as
    /// an address.</summary>
    public string? HostName { get; init; }

    /// <summary>Its share against the others, 0 to 65535; 0: no new requests. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Requests (HTTP) or connections (TCP) at once; null: any number, the default.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Used only while no other server of the pool is usable. Default false.</summary>
    public bool Backup { get; init; }
}
