using System.Diagnostics;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Waits for what others bring about.</summary>
public static class Wait
{
    /// <summary>Waits until something is so.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="failure">What to say if it never is.</param>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> ForAsync(Func<bool> isSo, Func<string> failure)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            (Stopwatch.GetElapsedTime(start) < RunningProgram.Limit).ShouldBeTrue(failure());
            await Task.Delay(5);
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
