using System.CommandLine;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas top</c>: what a running Atlas does, again each second.</summary>
internal static class TopCommand
{
    internal static Command Create()
    {
        var command = new Command("top", "Show what status shows, each second anew, until q is pressed; once where there is no terminal.");
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(options.Of(result)));
        return command;
    }

    private static Task<int> RunAsync(Instance instance) => Console.IsOutputRedirected
        ? StatusCommand.RunAsync(instance, json: false)
        : instance.RunAsync(async client =>
        {
            await new TopScreen(client).RunAsync();
            return ExitCodes.Done;
        });
}
