using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>The life of <c>atlas run</c> after its start: says that it is ready, follows requests to reload, and drains when
/// asked to stop. What it says never holds it up.</summary>
internal sealed class RunningProcess(
    AtlasInstance instance, string configPath, ProcessSignals signals, ServiceNotifier notifier, NoticeLines lines)
{
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    /// <summary>Returns once the process may end.</summary>
    /// <param name="watch">Whether it reloads when the file changes.</param>
    /// <param name="hasTimes">Whether lines after <c>ready</c> begin with the time; those before are for scripts too.</param>
    internal async Task RunAsync(bool watch, bool hasTimes)
    {
        using var ended = new CancellationTokenSource();
        if (watch)
        {
            _ = FileWatch.RunAsync(configPath, () => signals.Add(ProcessRequest.Reload), ended.Token);
        }

        lines.Say([.. instance.Describe()]);
        if (OpenFiles.Shortage(instance.Config, OpenFiles.Limit()) is string warning)
        {
            lines.Say(warning);
        }

        lines.Say("ready");
        if (hasTimes)
        {
            lines.BeginTimes();
        }

        _ = OpenFiles.WatchAsync(instance, lines.Say, ended.Token);
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
        var news = new List<string>();
        bool isDone = false;
        if (RunnableConfig.Load(configPath, news.Add) is AtlasConfig config)
        {
            try
            {
                string[] before = [.. instance.Describe()];
                IReadOnlyList<ConfigChange> changes = ConfigDiff.Between(instance.Config, config);
                news.AddRange(await instance.ReloadAsync(config));
                news.AddRange(changes.Select(change => change.ToString()));
                news.AddRange(instance.Describe().Except(before, StringComparer.Ordinal));
                isDone = true;
            }
            catch (Exception e) when (e is IOException or ArgumentException)
            {
                news.AddRange(e.Message.Split('\n'));
            }
        }

        string outcome = isDone ? "reloaded" : "not reloaded: nothing has changed";
        instance.Feed.Publish(InstanceEvents.OfReload(isDone, outcome));
        lines.Say([.. news, outcome]);
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
        lines.Say(
            $"draining: {connections} connection{(connections == 1 ? "" : "s")}, "
            + $"until {shutdown.DeadlineMs / 1000} s, tunnels {shutdown.TunnelDeadlineMs / 1000} s");
        Task again = AskedAgainAsync(hurry.Token);
        if (await Task.WhenAny(drain, again) == again)
        {
            lines.Say("ending at once");
        }

        await hurry.CancelAsync();
        await drain;
        long told = instance.Listeners.Sum(listener => listener.WebSocketsTold);
        if (told > 0)
        {
            lines.Say($"{told} WebSocket{(told == 1 ? "" : "s")} told to go");
        }

        lines.Say("ended");
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
