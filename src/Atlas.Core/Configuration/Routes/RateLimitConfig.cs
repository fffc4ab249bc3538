namespace Atlas.Core.Configuration;

/// <summary>A token bucket per key; an empty bucket is 429.</summary>
public sealed record RateLimitConfig : ConfigSection
{
    /// <summary>How fast the bucket fills.</summary>
    public Rate Rate { get; init; } = new(1, 1000);

    /// <summary>How many tokens it holds. Default the rate's count.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>What has a bucket of its own. Default the client's address.</summary>
    public RequestKey Key { get; init; } = RequestKey.ClientIp;

    /// <summary>The store that holds the buckets for all nodes; null, written <c>local</c>: this node alone. Default null.</summary>
    public string? Store { get; init; }

    /// <summary>What decides while the store does not answer. Only with a store. Default this node alone.</summary>
    public RateLimitFallback OnStoreFailure { get; init; } = RateLimitFallback.Local;
}
