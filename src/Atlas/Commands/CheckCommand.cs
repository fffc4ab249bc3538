using System.CommandLine;
using Atlas.Control.Configuration;
using Atlas.Control.Tls;
using Atlas.Core.Configuration;
using Atlas.Running;

namespace Atlas.Commands;

/// <summary><c>atlas check</c>: validates a configuration file without running it.</summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        Option<string> file = ConfigOption.Create();
        Option<bool> strict = new("--strict") { Description = "Take warnings for errors: for scripts that must not let anything pass." };
        var command = new Command("check", "Validate a configuration file and its certificates; every error with its place.") { file, strict };
        command.SetAction(result => Run(result.GetRequiredValue(file), result.GetValue(strict)));
        return command;
    }

    private static int Run(string path, bool isStrict)
    {
        ConfigResult result = ConfigLoader.Load(path);
        if (result.Config is not AtlasConfig config)
        {
            int code = Refuse(result.Errors);
            if (result.MayNameFiles)
            {
                Console.Error.WriteLine($"{path}: certificates and keys were not looked at yet: check again once these errors are gone");
            }

            return code;
        }

        TlsLoading tls = TlsFiles.Load(config, DateTimeOffset.UtcNow);
        IReadOnlyList<ConfigError> secrets = Secrets.FindMissing(config);
        IReadOnlyList<ConfigError> unsupported = UnsupportedFeatures.Find(config);
        ConfigError[] warnings =
        [
            .. ConfigWarnings.Find(config), .. unsupported, .. tls.Missing, .. secrets, .. Secrets.FindOpen(config), .. tls.Warnings, .. tls.Ending,
        ];
        foreach (ConfigError note in tls.Notes)
        {
            Console.WriteLine($"note: {note}");
        }

        if (isStrict && warnings.Length > 0)
        {
            return Refuse([.. warnings, .. tls.Errors]);
        }

        foreach (ConfigError warning in warnings)
        {
            Console.WriteLine($"warning: {warning}");
        }

        if (tls.Errors.Count > 0)
        {
            return Refuse(tls.Errors);
        }

        // Last, where it is read.
        Console.WriteLine(Verdict(path, unsupported.Count, tls.Missing.Count + secrets.Count));
        return ExitCodes.Done;
    }

    private static int Refuse(IReadOnlyList<ConfigError> errors)
    {
        foreach (ConfigError error in errors)
        {
            Console.Error.WriteLine(error);
        }

        return ExitCodes.WrongInput;
    }

    private static string Verdict(string path, int unsupported, int missing)
    {
        string parts = unsupported == 1 ? "1 part does" : $"{unsupported} parts do";
        string files = missing == 1 ? "1 file" : $"{missing} files";
        return unsupported > 0 ? $"{path}: valid, but `atlas run` refuses it: {parts} not run yet"
            : missing > 0 ? $"{path}: valid, but `atlas run` refuses it here: {files} cannot be used"
            : $"{path}: ok";
    }
}
