namespace Atlas.Core.Resilience;

/// <summary>How long a retry waits. Full jitter: any time up to a bound that doubles with each retry, so that clients which
/// failed together do not come again together (M. Brooker, "Exponential Backoff And Jitter", 2015).</summary>
public static class Backoff
{
    /// <summary>The bound of the first retry in milliseconds (Envoy's default).</summary>
    public const int BaseMs = 25;

    /// <summary>The bound of any retry in milliseconds (Envoy's default: ten times the base).</summary>
    public const int MaxMs = 250;

    /// <summary>The longest <c>Retry-After</c> that is waited for, in milliseconds. A client that would wait longer is
    /// better off with the response.</summary>
    public const int MaxRetryAfterMs = 5_000;

    /// <summary>What <see cref="RetryAfterMs"/> returns without a time that is understood.</summary>
    public const long NoRetryAfter = 0;

    private const int MaxDoublings = 16;

    /// <summary>How long to wait before a retry.</summary>
    /// <param name="retry">1 for the first retry of a request, 2 for the second.</param>
    /// <param name="random">Uniform from 0 to 1.</param>
    /// <param name="retryAfterMs">What the server asked for, or <see cref="NoRetryAfter"/>.</param>
    /// <returns>Milliseconds; -1: the server wants more than <see cref="MaxRetryAfterMs"/>, so do not retry.</returns>
    public static int DelayMs(int retry, double random, long retryAfterMs = NoRetryAfter)
    {
        if (retryAfterMs > MaxRetryAfterMs)
        {
            return -1;
        }

        int boundMs = Math.Min(BaseMs << Math.Clamp(retry - 1, 0, MaxDoublings), MaxMs);
        return (int)Math.Max(boundMs * random, retryAfterMs);
    }

    /// <summary>The time in a <c>Retry-After</c> (RFC 9110 10.2.3). A date is not understood: it would need clocks that agree.
    /// O(length).</summary>
    /// <param name="value">The field's value without space around it.</param>
    /// <returns>Milliseconds, at most a day; <see cref="NoRetryAfter"/>: it is none that is understood.</returns>
    public static long RetryAfterMs(ReadOnlySpan<byte> value)
    {
        const long most = 86_400;
        long seconds = 0;
        foreach (byte digit in value)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return NoRetryAfter;
            }

            seconds = Math.Min((seconds * 10) + digit - '0', most);
        }

        return seconds * 1_000;
    }
}
