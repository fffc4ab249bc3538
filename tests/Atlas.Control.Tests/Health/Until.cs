namespace Atlas.Control.Tests.Health;

/// <summary>Waits for what other threads do.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as something is so, and fails after a long time.</summary>
    public static async Task SoAsync(
        Func<bool> isSo, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        long endMs = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (!isSo())
        {
            (Environment.TickCount64 < endMs).ShouldBeTrue("never so: " + what);
            await Task.Yield();
        }
    }
}
