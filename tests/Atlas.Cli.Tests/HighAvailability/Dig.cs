using Atlas.Cli.Tests.Kernel;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Questions of BIND's <c>dig</c> to a node.</summary>
public static class Dig
{
    /// <summary>The addresses of <c>www.lb.example</c>, in the order of the answer.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="server">The address of the node that is asked; it must answer.</param>
    public static string[] Ask(NetworkNamespace from, string server) =>
        from.Run("dig", "+short", "+time=5", "+tries=1", $"@{server}", "www.lb.example", "A").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
