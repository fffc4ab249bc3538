namespace Atlas.Commands;

/// <summary>What the command line offers.</summary>
internal static class Usage
{
    /// <summary>The exit code of wrong usage.</summary>
    internal const int ExitCode = 2;

    internal static int Print()
    {
        Console.Error.WriteLine(
            """
            usage: atlas COMMAND

              demo [--port N]                 three small servers behind a load balancer, on loopback
              server --bind ADDR --name N     a small test server
              version                         the version
            """);
        return ExitCode;
    }

    /// <summary>The value of an option, or null when it is absent.</summary>
    internal static string? Option(string[] arguments, string name)
    {
        int index = Array.IndexOf(arguments, name);
        return index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : null;
    }
}
