namespace Atlas.Proxy.Metrics;

/// <summary>What decided on a request of a route with a rate limit.</summary>
public enum RateLimitSource
{
    /// <summary>The node's own memory, which the limit is for.</summary>
    Local,

    /// <summary>The store.</summary>
    Store,

    /// <summary>The node's own memory, in place of the store that did not answer.</summary>
    Fallback,

    /// <summary>Nothing: the store did not answer, and all requests pass then, or none does.</summary>
    None,
}
