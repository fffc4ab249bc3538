namespace Atlas.Core.Configuration;

/// <summary>What decides on requests while the store of a rate limit does not answer.</summary>
public enum RateLimitFallback
{
    /// <summary>The node's own memory, with the whole rate.</summary>
    Local,

    /// <summary>Nothing: all requests pass.</summary>
    Open,

    /// <summary>Nothing: no request passes, each is answered with 503.</summary>
    Closed,
}
