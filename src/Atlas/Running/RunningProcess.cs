using System.Globalization;
using Atlas.Admin.Reloads;
using Atlas.Admin.Upgrades;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Running.Upgrades;

namespace Atlas.Running;

/// <summary>The life of <c>atlas run</c> after its start: says that it is ready, follows requests to reload and to upgrade, and drains
/// when asked to stop, or once another process has taken its place. What it says never holds it up.</summary>
internal sealed class RunningProcess(
    AtlasInstance instance, string configPath, ProcessSignals signals, ServiceNotifier notifier, NoticeLines lines, ProgramStart program,
    ProcessRequests requests)
{
    private const string Ending = "this process ends";

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

        if (instance.UpgradedFrom is { } before)
        {
            lines.Say($"upgraded from process {before.Pid} (atlas {before.Version}), which drains");
        }

        lines.Say("ready");
        if (hasTimes)
        {
            lines.BeginTimes();
        }

        _ = OpenFiles.WatchAsync(instance, lines.Say, ended.Token);
        notifier.Ready("serving");
        if (ServiceNotifier.WatchdogInterval is TimeSpan interval)
        {
            _ = Watchdog.RunAsync(instance.Workers, notifier, interval, ended.Token);
        }

        await (await ServeAsync(requests.Reloads, requests.Upgrades) ? LeaveAsync(ended) : StopAsync());
        await ended.CancelAsync();
    }

    /// <summary>Follows requests.</summary>
    /// <returns>Whether another process serves; else it was asked to stop.</returns>
    private async Task<bool> ServeAsync(ReloadRequests reloads, UpgradeRequests upgrades)
    {
        while (true)
        {
            switch (await signals.NextAsync())
            {
                case ProcessRequest.Stop:
                    reloads.Refuse(Ending);
                    upgrades.RefuseAll(Ending);
                    return false;
                case ProcessRequest.Reload:
                    notifier.Reloading();
                    bool isDone = await ReloadAsync(reloads);
                    notifier.Ready(string.Create(
                        CultureInfo.InvariantCulture,
                        $"serving; at {DateTime.UtcNow:HH:mm:ss}Z {(isDone ? "reloaded" : "a reload was refused, and nothing has changed: see the log")}"));
                    break;
                case ProcessRequest.Upgrade:
                    // The new process has read the file when it started, which may have been before it was changed.
                    reloads.Refuse("an upgrade is under way: reload once it has ended");
                    if (await UpgradeAsync(upgrades))
                    {
                        return true;
                    }

                    reloads.Allow();
                    break;
                default:
                    throw new InvalidOperationException("unknown request");
            }
        }
    }

    private async Task<bool> UpgradeAsync(UpgradeRequests upgrades)
    {
        int limitMs = upgrades.Begin();
        lines.Say($"upgrading: {program.Path} starts");
        UpgradeAnswer answer = await new Upgrade(instance, program, notifier, lines.Say).RunAsync(limitMs, signals.Stopping);
        bool isDone = answer.Report is not null;
        string outcome = answer.Report is { } report
            ? $"upgraded to process {report.Pid} (atlas {report.Version}); process {report.FromPid} drains: {Limits(report.Draining)}"
            : $"not upgraded, nothing has changed: {answer.Error}";
        instance.Feed.Publish(InstanceEvents.OfUpgrade(isDone, outcome));
        lines.Say(outcome);
        upgrades.End(answer);
        return isDone;
    }

    /// <summary>Ends what is open; nothing new comes, and systemd listens to the other process.</summary>
    private async Task LeaveAsync(CancellationTokenSource ended)
    {
        // The watch of the file, and the word that this process lives, are the other's.
        await ended.CancelAsync();
        using var hurry = new CancellationTokenSource();
        Task leave = instance.LeaveAsync(hurry.Token);
        if (await Task.WhenAny(leave, AskedAgainAsync(hurry.Token)) != leave)
        {
            lines.Say($"process {Environment.ProcessId} ends at once");
        }

        await hurry.CancelAsync();
        await leave;
        lines.Say($"process {Environment.ProcessId} ended");
    }

    /// <summary>Goes by the file as it is now.</summary>
    /// <returns>Whether that was done.</returns>
    private async Task<bool> ReloadAsync(ReloadRequests reloads)
    {
        // Who asks from now on may mean a file that was not read yet.
        TaskCompletionSource<ReloadAnswer>? asked = reloads.Begin();

        // The signal may mean the logs: whoever rotates them sends it, whatever the file says.
        instance.Logs.Reopen();
        var news = new List<string>();
        var outcome = ReloadOutcome.WrongFile;
        if (RunnableConfig.Load(configPath, news.Add) is AtlasConfig config)
        {
            try
            {
                string[] before = [.. instance.Describe()];
                IReadOnlyList<ConfigChange> changes = ConfigDiff.Between(instance.Config, config);
                news.AddRange(await instance.ReloadAsync(config));
                news.AddRange(changes.Select(change => change.ToString()));
                news.AddRange(instance.Describe().Except(before, StringComparer.Ordinal));
                outcome = ReloadOutcome.Done;
            }
            catch (Exception e) when (e is IOException or ArgumentException)
            {
                news.AddRange(e.Message.Split('\n'));
                outcome = ReloadOutcome.Refused;
            }
        }

        bool isDone = outcome == ReloadOutcome.Done;
        string words = isDone ? "reloaded" : "not reloaded: nothing has changed";
        instance.Feed.Publish(InstanceEvents.OfReload(isDone, words));
        lines.Say([.. news, words]);
        asked?.SetResult(new ReloadAnswer(outcome, isDone ? news : [.. news, words]));
        return isDone;
    }

    private async Task StopAsync()
    {
        ShutdownConfig shutdown = instance.Config.Runtime.Shutdown;
        notifier.Stopping(TimeSpan.FromMilliseconds(
            (double)shutdown.ReadyDelayMs + Math.Max(shutdown.DeadlineMs, shutdown.TunnelDeadlineMs)) + StopMargin);
        int connections = Connections();
        using var hurry = new CancellationTokenSource();

        // Draining has begun before anybody is told: who reads the line may rely on it.
        Task drain;
        if (shutdown.ReadyDelayMs > 0)
        {
            drain = instance.DrainAsync(hurry.Token, closing: () => SayDraining(hurry.Token));
            lines.Say($"not ready: serves on for {shutdown.ReadyDelayMs / 1000.0:0.###} s (ready_delay), then drains");
        }
        else
        {
            drain = instance.DrainAsync(hurry.Token);
            lines.Say($"draining: {Limits(connections)}");
        }

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

    private int Connections() => instance.Listeners.Sum(listener => listener.Connections);

    // Who is told to end at once needs no times.
    private void SayDraining(CancellationToken hurry)
    {
        if (!hurry.IsCancellationRequested)
        {
            lines.Say($"draining: {Limits(Connections())}");
        }
    }

    private string Limits(int connections)
    {
        ShutdownConfig shutdown = instance.Config.Runtime.Shutdown;
        return $"{connections} connection{(connections == 1 ? "" : "s")}, "
            + $"until {shutdown.DeadlineMs / 1000} s, tunnels {shutdown.TunnelDeadlineMs / 1000} s";
    }

    /// <summary>Waits for the next request to stop. Draining may take as long as a tunnel, and logs are rotated
    /// meanwhile.</summary>
    private async Task AskedAgainAsync(CancellationToken ended)
    {
        ProcessRequest request;
        while ((request = await signals.NextAsync(ended)) != ProcessRequest.Stop)
        {
            if (request == ProcessRequest.Reload)
            {
                instance.Logs.Reopen();
            }
            else
            {
                lines.Say($"not upgraded, nothing has changed: process {Environment.ProcessId} drains already");
            }
        }
    }
}
