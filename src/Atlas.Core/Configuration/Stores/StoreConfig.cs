namespace Atlas.Core.Configuration;

/// <summary>A place for state.</summary>
public sealed record StoreConfig : ConfigSection
{
    /// <summary>Its key under <c>stores</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is. Default memory.</summary>
    public StoreType Type { get; init; } = StoreType.Memory;

    /// <summary>Redis only, and there always: <c>redis://</c> or <c>rediss://</c>; null for memory.</summary>
    public string? Url { get; init; }

    /// <summary>Redis only: its password; null: none.</summary>
    public SecretConfig? Password { get; init; }

    /// <summary>Memory only: the most that each of its sessions takes of it. Default 256 MiB.</summary>
    public long MaxMemoryBytes { get; init; } = 256L << 20;

    /// <summary>How long a request waits for it before it goes on without. Default 5 ms.</summary>
    public int TimeoutMs { get; init; } = 5;
}
