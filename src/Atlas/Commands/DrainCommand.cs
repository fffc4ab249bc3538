using System.CommandLine;
using Atlas.Admin.Client;
using Atlas.Admin.Reports;
using Atlas.Control.Pools;
using Atlas.Core.Health;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas drain</c>: no new clients for a server, and when nothing is left there.</summary>
internal static class DrainCommand
{
    private const int LookMs = 250;

    internal static Command Create()
    {
        Argument<ServerName> server = ServerArgument.Create();
        var wait = new Option<bool>("--wait") { Description = "Show what is left, and end once the server is safe to remove." };
        var deadline = new Option<int?>("--deadline")
        {
            Description = "After this time, clients that stick to the server leave it too. Default: never.",
            HelpName = "DURATION",
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (!ServerOrder.TryParseDeadline(text, out int ms))
                {
                    result.AddError($"--deadline {text}: a duration from 1ms to 24h is needed, such as 10m.");
                }

                return ms;
            },
        };
        var command = new Command("drain", "Give a server no new clients; those that are bound to it stay until they end.")
        {
            server,
            wait,
            deadline,
        };
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(
            options.Of(result), result.GetRequiredValue(server), result.GetValue(wait), result.GetValue(deadline)));
        return command;
    }

    private static Task<int> RunAsync(Instance instance, ServerName name, bool wait, int? deadlineMs) =>
        instance.RunAsync(async client =>
        {
            var order = new ServerOrder { State = AdminState.Drain, DeadlineMs = deadlineMs };
            ServerReport report = await client.OrderAsync(name.Pool, name.Server, order, CancellationToken.None);
            Console.WriteLine($"{name}: drain: {StatusText.Left(report)}");
            Instance.Warn(report);
            return wait ? await WaitAsync(client, name, report) : ExitCodes.Done;
        });

    private static async Task<int> WaitAsync(AdminClient client, ServerName name, ServerReport report)
    {
        string told = StatusText.Left(report);
        while (report.SafeToRemove != true)
        {
            await Task.Delay(LookMs);
            report = Find(await client.StatusAsync(CancellationToken.None), name)
                ?? throw new AdminRefusedException($"{name} is in the configuration no more");
            if (report.AdminState == AdminState.Ready)
            {
                throw new AdminRefusedException($"{name} is ready again: somebody ended its drain");
            }

            string left = StatusText.Left(report);
            if (left != told)
            {
                Console.WriteLine($"{name}: {left}");
                told = left;
            }
        }

        return ExitCodes.Done;
    }

    private static ServerReport? Find(StatusReport status, ServerName name) => status.Pools
        .FirstOrDefault(pool => pool.Name == name.Pool)?.Servers
        .FirstOrDefault(server => server.Name == name.Server);
}
