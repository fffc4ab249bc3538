using System.CommandLine;
using System.Net;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Explaining;

namespace Atlas.Commands;

/// <summary><c>atlas explain</c>: what a configuration would do with a request, without running it.</summary>
internal static class ExplainCommand
{
    internal static Command Create()
    {
        Option<string> file = ConfigOption.Create();
        var client = new Option<IPAddress>("--client")
        {
            Description = "The client's address, as trusted proxies would say it.",
            HelpName = "IP",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (!IPAddress.TryParse(text, out IPAddress? address))
                {
                    result.AddError($"--client {text}: an IP address is needed, such as 192.0.2.1.");
                }

                return address;
            },
        };
        var words = new Argument<string[]>("request")
        {
            Description = "After --: the method, the URL, and -H 'Name: value' for each header.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "explain",
            "Say which listener, route, pool and servers a request would reach, and why each other route not: "
                + "atlas explain -c FILE -- GET http://host/path -H 'Name: value'")
        {
            file,
            client,
            words,
        };
        command.SetAction(result => Run(result.GetRequiredValue(file), result.GetRequiredValue(words), result.GetRequiredValue(client)));
        return command;
    }

    private static int Run(string path, string[] words, IPAddress client)
    {
        if (!ExplainedRequest.TryParse(words, out ExplainedRequest? request, out string error))
        {
            Console.Error.WriteLine($"atlas: {error}");
            Console.Error.WriteLine("See: atlas explain --help");
            return ExitCodes.WrongUsage;
        }

        ConfigResult result = ConfigLoader.Load(path);
        foreach (ConfigError wrong in result.Errors)
        {
            Console.Error.WriteLine(wrong);
        }

        if (result.Config is not AtlasConfig config)
        {
            return ExitCodes.WrongInput;
        }

        new ExplainedConfig(config, Console.Out).Write(request!, client);
        return ExitCodes.Done;
    }
}
