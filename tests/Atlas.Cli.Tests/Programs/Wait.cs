using System.Diagnostics;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Waits for what others bring about.</summary>
public static class Wait
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until something is so.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="failure">What to say if it never is.</param>
    /// <returns>How long it took.</returns>
    public static Task<TimeSpan> ForAsync(Func<bool> isSo, Func<string> failure) => ForAsync(() => Task.FromResult(isSo()), failure);

    /// <summary>Waits until something is so that takes a while to find out.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="failure">What to say if it never is.</param>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> ForAsync(Func<Task<bool>> isSo, Func<string> failure)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(start) >= RunningProgram.Limit)
            {
                Assert.Fail(failure());
            }

            // Many of them start a program to find out, and what lasts can be asked for less often.
            await Task.Delay(Stopwatch.GetElapsedTime(start) < Soon ? 5 : 50);
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
