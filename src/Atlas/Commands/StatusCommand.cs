using System.CommandLine;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas status</c>: what a running Atlas does.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the admin API's answer." };
        var command = new Command("status", "Show the listeners, pools and servers of a running Atlas.") { json };
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(options.Of(result), result.GetValue(json)));
        return command;
    }

    internal static Task<int> RunAsync(Instance instance, bool json) => instance.RunAsync(async client =>
    {
        if (json)
        {
            Console.WriteLine(await client.StatusJsonAsync(CancellationToken.None));
            return ExitCodes.Done;
        }

        foreach (string line in StatusText.Lines(await client.StatusAsync(CancellationToken.None), Terminal.Width))
        {
            Console.WriteLine(line);
        }

        return ExitCodes.Done;
    });
}
