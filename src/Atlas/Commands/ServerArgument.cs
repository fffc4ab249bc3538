using System.CommandLine;
using Atlas.Operating;

namespace Atlas.Commands;

/// <summary>The argument <c>POOL/SERVER</c> of the commands that operate a server.</summary>
internal static class ServerArgument
{
    internal static Argument<ServerName> Create() => new("server")
    {
        Description = "The pool's and the server's name.",
        HelpName = "POOL/SERVER",
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            ServerName? name = ServerName.Parse(text);
            if (name is null)
            {
                result.AddError($"{text}: a pool and a server are needed, such as web/b; 'atlas status' names them.");
            }

            return name;
        },
    };
}
