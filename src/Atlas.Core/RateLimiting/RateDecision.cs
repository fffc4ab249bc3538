namespace Atlas.Core.RateLimiting;

/// <summary>What a limit says of one request.</summary>
/// <param name="IsAllowed">Whether the request may pass; it is counted then.</param>
/// <param name="Remaining">How many more might pass at this moment.</param>
/// <param name="RetryAfterUs">Microseconds after which a request may pass again, if none comes between; 0 when allowed.</param>
/// <param name="ResetUs">Microseconds after which the whole burst may pass again.</param>
public readonly record struct RateDecision(bool IsAllowed, int Remaining, long RetryAfterUs, long ResetUs);
