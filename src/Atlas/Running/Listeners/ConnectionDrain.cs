using Atlas.Core.Configuration;

namespace Atlas.Running.Listeners;

/// <summary>
/// Ends the connections of listeners that accept no more.
/// <code>
///   begin             idle connections close over close_spread; others close after their response, which says
///                     "Connection: close"
///   deadline          what is left ends with a reset, except tunnels
///   tunnel deadline   tunnels end too
/// </code>
/// </summary>
internal static class ConnectionDrain
{
    private const int PollMs = 10;

    // A reset needs one turn of a worker's loop.
    private const int ResetMs = 1_000;

    /// <summary>Returns once no connection is left.</summary>
    /// <param name="listeners">Whose connections.</param>
    /// <param name="limits">The deadlines, from now, and the spread, which ends at the deadline at the latest.</param>
    /// <param name="hurry">Cancelled when no deadline counts any more.</param>
    internal static async Task RunAsync(
        IReadOnlyList<RunningListener> listeners, ShutdownConfig limits, CancellationToken hurry)
    {
        long start = Environment.TickCount64;
        int spreadMs = Math.Min(limits.CloseSpreadMs, limits.DeadlineMs);
        Each(listeners, listener => listener.Drain(spreadMs));
        if (limits.ClosesWebSockets)
        {
            Each(listeners, listener => listener.CloseWebSockets());
        }

        if (!await EndedAsync(listeners, start + limits.DeadlineMs, hurry))
        {
            Each(listeners, listener => listener.Abort(tunnels: hurry.IsCancellationRequested));
            if (!await EndedAsync(listeners, start + Math.Max(limits.TunnelDeadlineMs, limits.DeadlineMs), hurry))
            {
                Each(listeners, listener => listener.Abort(tunnels: true));
                await EndedAsync(listeners, Environment.TickCount64 + ResetMs, CancellationToken.None);
            }
        }
    }

    private static void Each(IReadOnlyList<RunningListener> listeners, Action<RunningListener> action)
    {
        foreach (RunningListener listener in listeners)
        {
            action(listener);
        }
    }

    /// <summary>Waits until no connection is left; false when the time comes first.</summary>
    private static async Task<bool> EndedAsync(
        IReadOnlyList<RunningListener> listeners, long deadlineMs, CancellationToken hurry)
    {
        while (listeners.Any(listener => listener.Connections > 0))
        {
            if (hurry.IsCancellationRequested || Environment.TickCount64 >= deadlineMs)
            {
                return false;
            }

            await Task.Delay(PollMs, CancellationToken.None);
        }

        return true;
    }
}
