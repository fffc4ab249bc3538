namespace Atlas.Core.Health;

/// <summary>When a server is probed next.</summary>
public static class ProbeSchedule
{
    /// <summary>Milliseconds between probes that are about to decide something (<c>fastinter</c> of HAProxy), at most the
    /// configured interval.</summary>
    public const int FastMs = 1_000;

    /// <summary>Milliseconds to which the interval of a server that is down grows, or the interval, if that is longer.</summary>
    public const int DownMaxMs = 30_000;

    private const double DownGrowth = 1.5;
    private const double Jitter = 0.1;

    /// <summary>Milliseconds to the first probe: anywhere in the interval, so that servers which start together are not probed
    /// together.</summary>
    /// <param name="intervalMs">The configured interval.</param>
    /// <param name="random">Uniform from 0 to 1.</param>
    public static double FirstMs(int intervalMs, double random) => intervalMs * random;

    /// <summary>Milliseconds from the start of the last probe to that of the next: the interval; <see cref="FastMs"/> while
    /// unknown or in transition; while down the interval, half as much again after each further failure, up to
    /// <see cref="DownMaxMs"/>. Give or take a tenth, so that probes of many balancers drift apart.</summary>
    /// <param name="state">After the last probe.</param>
    /// <param name="intervalMs">The configured interval.</param>
    /// <param name="random">Uniform from 0 to 1.</param>
    public static double NextMs(CheckState state, int intervalMs, double random)
    {
        double meanMs = state switch
        {
            { IsInTransition: true } => Math.Min(FastMs, intervalMs),
            { Health: ServerHealth.Down } =>
                Math.Min(intervalMs * Math.Pow(DownGrowth, state.Fails), Math.Max(DownMaxMs, intervalMs)),
            _ => intervalMs,
        };
        return meanMs * (1 + (Jitter * ((2 * random) - 1)));
    }
}
