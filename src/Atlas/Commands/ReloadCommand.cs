using System.CommandLine;
using Atlas.Admin.Reports;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas reload</c>: a running Atlas goes by its file as it is now, and this says what came of it.</summary>
internal static class ReloadCommand
{
    internal static Command Create()
    {
        var command = new Command("reload", "Have a running Atlas go by its file as it is now, as SIGHUP does, and say what came of it.");
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(options.Of(result)));
        return command;
    }

    private static Task<int> RunAsync(Instance instance) => instance.RunAsync(async client =>
    {
        ReloadReport report = await client.ReloadAsync(CancellationToken.None);
        foreach (string line in report.Lines)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(report.Lines.Count == 0 ? "reloaded: the configuration is the same; the files that it names were read anew" : "reloaded");
        return ExitCodes.Done;
    });
}
