using System.CommandLine;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Commands;

/// <summary><c>atlas check</c>: validates a configuration file without running it.</summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        Option<string> file = ConfigOption.Create();
        var command = new Command("check", "Validate a configuration file; every error with its place.") { file };
        command.SetAction(result => Run(result.GetRequiredValue(file)));
        return command;
    }

    private static int Run(string path)
    {
        ConfigResult result = ConfigLoader.Load(path);
        foreach (ConfigError error in result.Errors)
        {
            Console.Error.WriteLine(error);
        }

        if (result.Config is not AtlasConfig config)
        {
            return ExitCodes.WrongInput;
        }

        IReadOnlyList<ConfigError> unsupported = UnsupportedFeatures.Find(config);
        foreach (ConfigError note in UnusedPools.Find(config).Concat(unsupported))
        {
            Console.WriteLine($"note: {note}");
        }

        // Last, where it is read.
        string parts = unsupported.Count == 1 ? "1 part does" : $"{unsupported.Count} parts do";
        Console.WriteLine(unsupported.Count == 0
            ? $"{path}: ok"
            : $"{path}: valid, but `atlas run` refuses it: {parts} not run yet");
        return ExitCodes.Done;
    }
}
