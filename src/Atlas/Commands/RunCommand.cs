using System.CommandLine;
using Atlas.Core.Configuration;
using Atlas.Running;
using Atlas.Running.Listeners;
using Atlas.Running.Upgrades;

namespace Atlas.Commands;

/// <summary><c>atlas run</c>: serves by a configuration file until it is asked to end.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        Option<string> file = ConfigOption.Create();
        var watch = new Option<bool>("--watch") { Description = "Reload when the file changes, as SIGHUP does." };
        var times = new Option<bool>("--times")
        {
            Description = "Begin lines after ready with the time, as on a terminal. Not needed with systemd, whose journal has it.",
        };
        var command = new Command(
            "run", "Serve. SIGHUP reloads the file; SIGUSR2 upgrades; SIGTERM drains and ends, and a second one ends at once.") { file, watch, times };
        command.SetAction(result =>
            RunAsync(result.GetRequiredValue(file), result.GetValue(watch), result.GetValue(times) || !Console.IsErrorRedirected));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool watch, bool hasTimes)
    {
        ProgramStart program = ProgramStart.Read();
        using var signals = new ProcessSignals(reloads: true);
        using var notifier = new ServiceNotifier();
        await using var notices = new NoticeLines(Console.Error);
        Predecessor? predecessor = null;
        try
        {
            predecessor = Predecessor.Take();
            if (RunnableConfig.Load(path, Console.Error.WriteLine) is not AtlasConfig config)
            {
                predecessor?.Fail($"{path} is wrong ('atlas check -c {path}' says where): see the lines of process {Environment.ProcessId} {LogPlace.Here}");
                return ExitCodes.WrongInput;
            }

            var requests = new ProcessRequests(signals);
            await using AtlasInstance instance = await AtlasInstance.StartAsync(
                config, notices.Say, predecessor?.Sockets ?? ActivatedSockets.Take(notices.Say), requests);
            if (predecessor is not null)
            {
                await predecessor.ReplaceAsync(instance);
            }

            await new RunningProcess(instance, path, signals, notifier, notices, program, requests).RunAsync(watch, hasTimes);
            return ExitCodes.Done;
        }
        catch (IOException e)
        {
            predecessor?.Fail(e.Message);
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.WrongInput;
        }
        finally
        {
            predecessor?.Dispose();
        }
    }
}
