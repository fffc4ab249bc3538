namespace Atlas.Proxy.Stores;

/// <summary>How long a server is left alone between tries: longer each time up to a bound, which a server that comes back is found within,
/// and with chance in it, so that workers do not ask all at once.</summary>
/// <remarks>Another rule than <see cref="Core.Resilience.Backoff"/>, which is of one request and may draw no pause at all: here many workers
/// ask one server for as long as it is away, so that half of the bound is always waited for.</remarks>
/// <param name="random">Where the chance comes from.</param>
internal sealed class RedisBackoff(Random random)
{
    private const int FirstMs = 50;
    private const int MaxMs = 500;

    private int _count;

    /// <summary>The next pause, in milliseconds: 25 to 50 at first, 250 to 500 in the end.</summary>
    internal int Next()
    {
        int boundMs = Math.Min(FirstMs << _count, MaxMs);
        _count += boundMs < MaxMs ? 1 : 0;
        return (boundMs / 2) + random.Next((boundMs / 2) + 1);
    }

    /// <summary>Begins anew with the shortest.</summary>
    internal void Reset() => _count = 0;
}
