using Atlas.Engine.Workers;

namespace Atlas.Running;

/// <summary>Tells systemd that the service lives, as long as every worker's loop turns.</summary>
internal static class Watchdog
{
    /// <summary>Runs until cancelled.</summary>
    internal static async Task RunAsync(
        WorkerGroup workers, ServiceNotifier notifier, TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (await AllTurnAsync(workers, cancellation))
            {
                notifier.Alive();
            }
        }
    }

    /// <summary>Whether every worker's loop took a turn; waits until that is so, or until cancelled.</summary>
    internal static async Task<bool> AllTurnAsync(WorkerGroup workers, CancellationToken cancellation)
    {
        bool[] turns = await Task.WhenAll(workers.Workers.Select(TurnAsync)).WaitAsync(cancellation);
        return Array.TrueForAll(turns, turned => turned);
    }

    private static Task<bool> TurnAsync(Worker worker)
    {
        var turned = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return worker.TryPost(() => turned.SetResult(true)) ? turned.Task : Task.FromResult(false);
    }
}
