namespace Atlas.Commands;

/// <summary>What this program was started by, for commands that it prints.</summary>
internal static class OwnCommand
{
    // Set by the script that builds the program and becomes it: nothing else tells what somebody typed.
    private const string Variable = "ATLAS_COMMAND";

    /// <summary>What to type: <c>./atlas</c> where the script was started so, else <c>atlas</c>.</summary>
    internal static string Name { get; } = Of(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The same for a value of the variable; one that a shell would have to be told with quotes is not used.</summary>
    internal static string Of(string? typed) =>
        typed is { Length: > 0 } && typed.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? typed : "atlas";
}
