using System.CommandLine;
using Atlas.Admin.Client;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary>The options of the commands that speak to a running Atlas: where it is, and its token.</summary>
internal sealed class InstanceOptions
{
    internal const string Default = "127.0.0.1:9900";

    private readonly Option<AdminAddress> _address = new("--admin")
    {
        Description = "Where its admin server answers: an address and a port, or unix:PATH.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => AdminAddress.Parse(Default)!,
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            AdminAddress? address = AdminAddress.Parse(text);
            if (address is null)
            {
                result.AddError($"--admin {text}: an address and a port are needed, such as {Default}, or unix:PATH.");
            }

            return address;
        },
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "The file that holds its admin token.",
        HelpName = "FILE",
    };

    /// <summary>Gives a command these options.</summary>
    internal InstanceOptions(Command command)
    {
        command.Add(_address);
        command.Add(_tokenFile);
    }

    /// <summary>What was chosen.</summary>
    internal Instance Of(ParseResult result) => new(result.GetRequiredValue(_address), result.GetValue(_tokenFile));
}
