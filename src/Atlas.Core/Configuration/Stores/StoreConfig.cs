namespace Atlas.Core.Configuration;

/// <summary>A place for state.</summary>
public sealed record StoreConfig : ConfigSection
{
    /// <summary>Its key under <c>stores</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is. Default memory.</summary>
    public StoreType Type { get; init; } = StoreType.Memory;

    /// <summary>Redis only: <c>redis://</c> or <c>rediss://</c>; null for memory, and with <see cref="Sentinels"/> or
    /// <see cref="Cluster"/>, of which a store of Redis has one.</summary>
    public string? Url { get; init; }

    /// <summary>Redis only: the sentinels that know which server is the master.</summary>
    public ValueList<ServerAddress> Sentinels { get; init; } = [];

    /// <summary>With <see cref="Sentinels"/>: what they call it; null: there are none.</summary>
    public string? Master { get; init; }

    /// <summary>With <see cref="Sentinels"/>: the user that they want (ACL); null: the default one.</summary>
    public string? SentinelUser { get; init; }

    /// <summary>With <see cref="Sentinels"/>: the password that they want; null: none.</summary>
    public SecretConfig? SentinelPassword { get; init; }

    /// <summary>Redis only: servers of a cluster, of which one has to answer.</summary>
    public ValueList<ServerAddress> Cluster { get; init; } = [];

    /// <summary>Redis only: the user; null: the default one.</summary>
    public string? User { get; init; }

    /// <summary>Redis only: its password; null: none.</summary>
    public SecretConfig? Password { get; init; }

    /// <summary>Memory only: the most that each of its sessions takes of it. Default 256 MiB.</summary>
    public long MaxMemoryBytes { get; init; } = 256L << 20;

    /// <summary>Redis only: how its certificate is checked; null: it has no TLS, or <see cref="Url"/> alone says that it has.</summary>
    public PoolTlsConfig? Tls { get; init; }

    /// <summary>What its TLS goes by; null: it has none.</summary>
    public PoolTlsConfig? TlsInUse => Tls ?? (Url?.StartsWith("rediss://", StringComparison.Ordinal) == true ? new PoolTlsConfig() : null);

    /// <summary>How long a request waits for it before it goes on without. Default 5 ms.</summary>
    public int TimeoutMs { get; init; } = 5;
}
