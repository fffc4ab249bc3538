namespace Atlas.Proxy.Stores;

/// <summary>How a store of Redis is spoken to. Immutable.</summary>
public sealed record RedisOptions
{
    /// <summary>Milliseconds that a call waits.</summary>
    public int TimeoutMs { get; init; } = 5;

    /// <summary>The user (ACL); null: the default one.</summary>
    public string? User { get; init; }

    /// <summary>The password; empty: none is sent.</summary>
    public ReadOnlyMemory<byte> Password { get; init; }

    /// <summary>The password that its sentinels want; empty: they want none.</summary>
    public ReadOnlyMemory<byte> SentinelPassword { get; init; }

    /// <summary>The number of the database.</summary>
    public int Database { get; init; }

    /// <summary>Whether connections have TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>The name that the certificate must have; null: the host's.</summary>
    public string? ServerName { get; init; }

    /// <summary>Milliseconds after which a call without a reply ends its connection, and that connecting may take.</summary>
    internal int StaleMs => Math.Max(10 * TimeoutMs, 1_000);
}
