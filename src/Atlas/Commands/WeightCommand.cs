using System.CommandLine;
using System.Globalization;
using Atlas.Admin.Reports;
using Atlas.Control.Pools;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary><c>atlas weight</c>: a server's share against the others.</summary>
internal static class WeightCommand
{
    internal static Command Create()
    {
        Argument<ServerName> server = ServerArgument.Create();
        var weight = new Argument<int>("weight")
        {
            Description = "Its share against the others; 0: no new requests.",
            HelpName = "N",
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
                {
                    result.AddError($"{text}: a weight is a whole number from 0 to {ServerOrder.MaxWeight}.");
                }

                return number;
            },
        };
        var command = new Command("weight", "Change a server's share against the others, until the file gives it another.")
        {
            server,
            weight,
        };
        var options = new InstanceOptions(command);
        command.SetAction(result => RunAsync(options.Of(result), result.GetRequiredValue(server), result.GetValue(weight)));
        return command;
    }

    private static Task<int> RunAsync(Instance instance, ServerName name, int weight) => instance.RunAsync(async client =>
    {
        ServerReport report = await client.OrderAsync(
            name.Pool, name.Server, new ServerOrder { Weight = weight }, CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: weight {report.Weight}"));
        Instance.Warn(report);
        return ExitCodes.Done;
    });
}
