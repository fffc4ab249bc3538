using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>The life of <c>atlas run</c> after its start: says that it is ready, follows requests to reload, and drains when
/// asked to stop.</summary>
internal sealed class RunningProcess(
    AtlasInstance instance, string configPath, ProcessSignals signals, ServiceNotifier notifier, TextWriter log)
{
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    /// <summary>Returns once the process may end.</summary>
    internal async Task RunAsync(bool watch)
    {
        using var ended = new CancellationTokenSource();
        if (watch)
        {
            _ = FileWatch.RunAsync(configPath, () => signals.Add(ProcessRequest.Reload), ended.Token);
        }

        _ = OpenFiles.WatchAsync(instance, log, ended.Token);
        await WriteAsync(instance.Describe());
        if (OpenFiles.Shortage(instance.Config, OpenFiles.Limit()) is string warning)
        {
            await log.WriteLineAsync(warning);
        }

        await log.WriteLineAsync("ready");
        notifier.Ready();
        if (ServiceNotifier.WatchdogInterval is TimeSpan interval)
        {
            _ = Watchdog.RunAsync(instance.Workers, notifier, interval, ended.Token);
        }

        while (await signals.NextAsync() == ProcessRequest.Reload)
        {
            notifier.Reloading();
            await ReloadAsync();
            notifier.Ready();
        }

        await StopAsync();
        await ended.CancelAsync();
    }

    private async Task ReloadAsync()
    {
        // The signal may mean the logs: whoever rotates them sends it, whatever the file says.
        instance.Logs.Reopen();
        if (RunnableConfig.Load(configPath, log) is not AtlasConfig config)
        {
            await TellAsync(isDone: false);
            return;
        }

        try
        {
            string[] before = [.. instance.Describe()];
            IReadOnlyList<ConfigChange> changes = ConfigDiff.Between(instance.Config, config);
            await WriteAsync(instance.Reload(config));
            await WriteAsync(changes.Select(change => change.ToString()));
            await WriteAsync(instance.Describe().Except(before, StringComparer.Ordinal));
            await TellAsync(isDone: true);
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            await log.WriteLineAsync(e.Message);
            await TellAsync(isDone: false);
        }
    }

    private Task TellAsync(bool isDone)
    {
        string line = isDone ? "reloaded" : "not reloaded: nothing has changed";
        instance.Feed.Publish(InstanceEvents.OfReload(isDone, line));
        return log.WriteLineAsync(line);
    }

    private async Task WriteAsync(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            await log.WriteLineAsync(line);
        }
    }

    private async Task StopAsync()
    {
        ShutdownConfig shutdown = instance.Config.Runtime.Shutdown;
        notifier.Stopping(TimeSpan.FromMilliseconds(
            (double)shutdown.ReadyDelayMs + Math.Max(shutdown.DeadlineMs, shutdown.TunnelDeadlineMs)) + StopMargin);
        int connections = instance.Listeners.Sum(listener => listener.Connections);
        using var hurry = new CancellationTokenSource();

        // Draining has begun before anybody is told: who reads the line may rely on it.
        Task drain = instance.DrainAsync(hurry.Token);
        await log.WriteLineAsync(
            $"draining: {connections} connection{(connections == 1 ? "" : "s")}, "
            + $"until {shutdown.DeadlineMs / 1000} s, tunnels {shutdown.TunnelDeadlineMs / 1000} s");
        Task again = AskedAgainAsync(hurry.Token);
        if (await Task.WhenAny(drain, again) == again)
        {
            await log.WriteLineAsync("ending at once");
        }

        await hurry.CancelAsync();
        await drain;
        await log.WriteLineAsync("ended");
    }

    /// <summary>Waits for the second request to stop. Draining may take as long as a tunnel, and logs are rotated
    /// meanwhile.</summary>
    private async Task AskedAgainAsync(CancellationToken ended)
    {
        while (await signals.NextAsync(ended) == ProcessRequest.Reload)
        {
            instance.Logs.Reopen();
        }
    }
}
