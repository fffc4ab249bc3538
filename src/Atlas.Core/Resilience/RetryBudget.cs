namespace Atlas.Core.Resilience;

/// <summary>Bounds the retries of a pool, so that servers in trouble do not get all requests twice: at most a share of its
/// active requests may be retries at once, and at least <see cref="MinRetries"/> may (the retry budget of Envoy). Any thread,
/// without locks.</summary>
public sealed class RetryBudget
{
    /// <summary>Retries at once that few active requests still allow (Envoy's default).</summary>
    public const int MinRetries = 3;

    private int _retries;

    /// <summary>Retries under way.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Takes a place for a retry. O(1).</summary>
    /// <param name="activeRequests">The pool's requests under way at present, that one included.</param>
    /// <param name="share">The most retries at once, as a share of those, 0 to 1. 0: none at all.</param>
    /// <returns>Whether there was one; it has to be given back with <see cref="End"/>.</returns>
    public bool TryBegin(int activeRequests, double share)
    {
        int most = share <= 0 ? 0 : Math.Max((int)(activeRequests * share), MinRetries);
        while (true)
        {
            int seen = Volatile.Read(ref _retries);
            if (seen >= most)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _retries, seen + 1, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Gives back a place. Once for each that was taken.</summary>
    public void End() => Interlocked.Decrement(ref _retries);
}
