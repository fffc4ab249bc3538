using System.CommandLine;
using System.Net;
using Atlas.Admin;
using Atlas.Running;

namespace Atlas.Commands;

/// <summary><c>atlas server</c>: a small test server.</summary>
internal static class ServerCommand
{
    internal static Command Create()
    {
        var bind = new Option<IPEndPoint>("--bind")
        {
            Description = "Where to listen; port 0 lets the system choose.",
            HelpName = "ADDR",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 9001),
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;

                // A number alone would be taken for an address in its oldest form.
                if (!IPEndPoint.TryParse(text, out IPEndPoint? address) || !text.Contains(':', StringComparison.Ordinal))
                {
                    result.AddError($"--bind {text}: an address and a port are needed, such as 127.0.0.1:9001.");
                }

                return address;
            },
        };
        var name = new Option<string?>("--name")
        {
            Description = "What it calls itself in its answers. Default: its address.",
            HelpName = "N",
        };
        var command = new Command(
            "server",
            "Run a small test server: it echoes, and answers as the query asks: ?delay=MS, ?status=N, ?bytes=N; /health?fail=N.")
        {
            bind,
            name,
        };
        command.SetAction(result => RunAsync(result.GetRequiredValue(bind), result.GetValue(name)));
        return command;
    }

    private static async Task<int> RunAsync(IPEndPoint bind, string? name)
    {
        using var signals = new ProcessSignals();
        try
        {
            await using TestServer server = await TestServer.StartAsync(bind, name ?? bind.ToString());
            await Console.Error.WriteLineAsync($"server on http://{server.Address}");
            await signals.StopAsync();
            return ExitCodes.Done;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"cannot listen on {bind}: {e.InnerException?.Message ?? e.Message}");
            return ExitCodes.WrongInput;
        }
    }
}
