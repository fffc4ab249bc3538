using System.Diagnostics;

namespace Atlas.Bench.Measure;

/// <summary>Moments at which something happened, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
internal static class Moment
{
    /// <summary>How long one is waited for, in milliseconds.</summary>
    internal const int LimitMs = 30_000;

    /// <summary>Waits until something has happened.</summary>
    /// <param name="when">Tells when it did; null: it has not.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>When; null: it does not happen.</returns>
    internal static async Task<long?> AwaitAsync(Func<long?> when, CancellationToken cancel)
    {
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < LimitMs; await Task.Delay(2, cancel))
        {
            if (when() is { } at)
            {
                return at;
            }
        }

        return null;
    }
}
