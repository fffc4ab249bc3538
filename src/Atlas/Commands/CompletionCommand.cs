using System.CommandLine;

namespace Atlas.Commands;

/// <summary><c>atlas completion</c>: a script that has a shell complete the words of <c>atlas</c>, by asking
/// <c>atlas [suggest:POSITION] LINE</c>.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        # bash: source <(atlas completion bash)
        _atlas() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(atlas "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _atlas atlas
        """;

    private const string Zsh =
        """
        # zsh: source <(atlas completion zsh)
        _atlas() {
            local -a words
            words=("${(@f)$(atlas "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a words
            _files
        }
        compdef _atlas atlas
        """;

    private const string Fish =
        """
        # fish: atlas completion fish | source
        complete -c atlas -a '(atlas "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    internal static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish.", HelpName = "SHELL" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that completes the words of this command in a shell.") { shell };
        command.SetAction(result =>
        {
            Console.WriteLine(result.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCodes.Done;
        });
        return command;
    }
}
