using System.CommandLine;

namespace Atlas.Commands;

/// <summary>The option <c>-c FILE</c> of the commands that read a configuration.</summary>
internal static class ConfigOption
{
    internal static Option<string> Create() => new("--config", "-c")
    {
        Description = "The configuration file.",
        HelpName = "FILE",
        Required = true,
    };
}
