using System.CommandLine;
using Atlas.Admin.Reports;
using Atlas.Control.Pools;
using Atlas.Core.Health;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas ready</c> and <c>atlas maintenance</c>: whether a server serves.</summary>
internal static class StateCommand
{
    internal static Command CreateReady() =>
        Create("ready", "Let a server take requests again, and probe it.", AdminState.Ready);

    internal static Command CreateMaintenance() =>
        Create("maintenance", "Give a server nothing, and do not probe it. What runs there is not cut.", AdminState.Maintenance);

    private static Command Create(string name, string description, AdminState state)
    {
        Argument<ServerName> server = ServerArgument.Create();
        var command = new Command(name, description) { server };
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(options.Of(result), result.GetRequiredValue(server), state));
        return command;
    }

    private static Task<int> RunAsync(Instance instance, ServerName name, AdminState state) => instance.RunAsync(async client =>
    {
        ServerReport report = await client.OrderAsync(
            name.Pool, name.Server, new ServerOrder { State = state }, CancellationToken.None);
        string left = StatusText.Left(report);
        Console.WriteLine($"{name}: {state.ToString().ToLowerInvariant()}{(left.Length > 0 ? ": " + left : "")}");
        Instance.Warn(report);
        return ExitCodes.Done;
    });
}
