using System.CommandLine;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas upgrade</c>: the program as it is on disk takes the place of the one that runs.</summary>
internal static class UpgradeCommand
{
    internal static Command Create()
    {
        var timeout = new Option<int?>("--timeout")
        {
            Description = "How long the new process may take until it serves; then it is killed, and nothing has changed. Default: 60s.",
            HelpName = "DURATION",
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (!UpgradeLimits.TryParse(text, out int ms))
                {
                    result.AddError($"--timeout {text}: {UpgradeLimits.Needed} is needed, such as 90s.");
                }

                return ms;
            },
        };
        var command = new Command("upgrade", "Replace the running program by the one on disk, without dropping a connection.") { timeout };
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(options.Of(result), result.GetValue(timeout) ?? UpgradeLimits.DefaultMs));
        return command;
    }

    private static Task<int> RunAsync(Instance instance, int limitMs) => instance.RunAsync(async client =>
    {
        UpgradeReport report = await client.UpgradeAsync(limitMs, CancellationToken.None);
        Console.WriteLine($"process {report.Pid} (atlas {report.Version}) serves");
        foreach (string note in report.Notes ?? [])
        {
            Console.WriteLine(note);
        }

        Console.WriteLine($"process {report.FromPid} (atlas {report.FromVersion}) drains: {StatusText.Count(report.Draining, "connection")} left");
        return ExitCodes.Done;
    });
}
