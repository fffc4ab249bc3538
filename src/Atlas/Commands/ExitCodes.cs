namespace Atlas.Commands;

/// <summary>What the exit codes of the command say to scripts.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;

    /// <summary>The user's input is wrong: a configuration, an address that is taken.</summary>
    internal const int WrongInput = 1;

    /// <summary>The command line is wrong.</summary>
    internal const int WrongUsage = 2;

    /// <summary>The running instance cannot be reached, or does not do what is asked.</summary>
    internal const int Refused = 3;
}
