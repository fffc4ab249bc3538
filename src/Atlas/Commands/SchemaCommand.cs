using System.CommandLine;
using Atlas.Control.Configuration;

namespace Atlas.Commands;

/// <summary><c>atlas schema</c>: the JSON schema of configuration files, for editors.</summary>
internal static class SchemaCommand
{
    internal static Command Create()
    {
        var command = new Command("schema", "Print the JSON schema of configuration files.");
        command.SetAction(_ =>
        {
            using Stream output = Console.OpenStandardOutput();
            ConfigSchema.Write(output);
            return ExitCodes.Done;
        });
        return command;
    }
}
