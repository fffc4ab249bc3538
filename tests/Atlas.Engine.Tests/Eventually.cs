namespace Atlas.Engine.Tests;

/// <summary>Waits for what other threads do.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Returns as soon as something is so, and fails after a long time.</summary>
    public static void So(Func<bool> isSo, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        long endMs = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (!isSo())
        {
            (Environment.TickCount64 < endMs).ShouldBeTrue("never so: " + what);
            Thread.Sleep(1);
        }
    }
}
