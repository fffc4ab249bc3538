using System.CommandLine;
using System.CommandLine.Completions;

namespace Atlas.Commands;

/// <summary>The <c>atlas</c> command: its subcommands, and what happens when its words are wrong.</summary>
internal static class AtlasCommand
{
    /// <summary>Runs what the words ask for.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> InvokeAsync(string[] words)
    {
        RootCommand root = Create();
        if (words.Length == 0)
        {
            root.Parse("--help").Invoke(new InvocationConfiguration { Output = Console.Error });
            return ExitCodes.WrongUsage;
        }

        ParseResult parsed = root.Parse(words);
        if (parsed.Errors.Count > 0)
        {
            await ExplainAsync(parsed);
            return ExitCodes.WrongUsage;
        }

        // Signals are the commands' own: a drain must not be cut short.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static RootCommand Create()
    {
        var root = new RootCommand("Atlas, a load balancer. It balances HTTP, TCP and UDP, and ends TLS.")
        {
            DemoCommand.Create(),
            RunCommand.Create(),
            CheckCommand.Create(),
            ExplainCommand.Create(),
            StatusCommand.Create(),
            TopCommand.Create(),
            DrainCommand.Create(),
            StateCommand.CreateReady(),
            StateCommand.CreateMaintenance(),
            WeightCommand.Create(),
            ReloadCommand.Create(),
            UpgradeCommand.Create(),
            SchemaCommand.Create(),
            ServerCommand.Create(),
            CompletionCommand.Create(),
            VersionCommand.Create(),
        };

        // Completion asks by one; the others are not for users.
        foreach (Directive directive in root.Directives.Where(directive => directive is not SuggestDirective).ToArray())
        {
            root.Directives.Remove(directive);
        }

        foreach (VersionOption option in root.Options.OfType<VersionOption>())
        {
            option.Action = new VersionCommand.PrintAction();
        }

        return root;
    }

    private static async Task ExplainAsync(ParseResult parsed)
    {
        // A word that nobody knows is the cause of the other messages.
        IEnumerable<string> messages = parsed.UnmatchedTokens.Count > 0
            ? parsed.UnmatchedTokens.Select(word => $"unknown: {word}{WhoseOption(parsed, word)}")
            : parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal);
        foreach (string message in messages)
        {
            await Console.Error.WriteLineAsync($"atlas: {message}");
        }

        await Console.Error.WriteLineAsync($"See: {NameOf(parsed.CommandResult.Command)} --help");
    }

    // Who gives one command what another has should not have to look for it.
    private static string WhoseOption(ParseResult parsed, string word)
    {
        Command[] owners = [.. parsed.RootCommandResult.Command.Subcommands.Where(command => command.Options.Any(option => option.Name == word))];
        return owners.Length == 0 ? "" : $", which {NameOf(parsed.CommandResult.Command)} does not have, but {string.Join(", ", owners.Select(NameOf))}";
    }

    private static string NameOf(Command command) => command is RootCommand ? "atlas" : $"atlas {command.Name}";
}
