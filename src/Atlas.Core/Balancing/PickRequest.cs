namespace Atlas.Core.Balancing;

/// <summary>What a server is picked for.</summary>
public readonly ref struct PickRequest
{
    /// <summary>Servers that are not to be picked, by index: those that were tried for this request already. At most
    /// <see cref="MaxExcluded"/>.</summary>
    public ReadOnlySpan<int> Excluded { get; init; }

    /// <summary>64 random bits, of which algorithms that draw make their draws.</summary>
    public ulong Random { get; init; }

    /// <summary>The hash of what identifies the client or the content .</summary>
    public ulong Key { get; init; }

    /// <summary>Whether there is a <see cref="Key"/>. Without one, hashing algorithms go by <see cref="Random"/>.</summary>
    public bool HasKey { get; init; }

    /// <summary>The time in µs, by the clock that latencies are observed with.</summary>
    public long NowUs { get; init; }

    /// <summary>The most servers that one request tries.</summary>
    public const int MaxExcluded = 16;
}
