using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>What all checks of a process share.</summary>
public sealed record HealthOptions
{
    /// <summary>The <c>User-Agent</c> of HTTP and gRPC probes. Default <c>atlas-health</c>.</summary>
    public string UserAgent { get; init; } = "atlas-health";

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below 1, on any thread.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Takes each change of a server's health, and of a pool's as a whole, on any thread.</summary>
    public Action<HealthEvent> Changed { get; init; } = _ => { };

    /// <summary>Hands a change over. Whatever becomes of it there: the checks matter more.</summary>
    /// <param name="change">What changed.</param>
    /// <param name="since">When the old state began.</param>
    /// <param name="now">When it ended.</param>
    internal void Tell(HealthEvent change, Moment since, Moment now)
    {
        try
        {
            Changed(change with
            {
                AtUnixMs = now.Utc.ToUnixTimeMilliseconds(),
                AfterMs = (long)Time.GetElapsedTime(since.Timestamp, now.Timestamp).TotalMilliseconds,
            });
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read what the process says has gone.
        }
    }
}
