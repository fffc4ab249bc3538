namespace Atlas.Clients.Tests.Programs;

/// <summary>How the cases of a client in node came out. It is started once for all of them.</summary>
/// <param name="script">Its script.</param>
/// <param name="target">The address or URL that it is told.</param>
/// <param name="ca">The authority that it trusts; null: it speaks without TLS.</param>
/// <param name="names">The cases.</param>
public sealed class NodeCases(string script, string target, string? ca, IEnumerable<string> names)
{
    public const string Fine = "fine";

    private readonly Lock _gate = new();
    private Task<string>? _output;

    /// <summary>How a case came out.</summary>
    /// <returns><see cref="Fine"/>, what it found, or why it failed.</returns>
    public async Task<string> OutcomeAsync(string name)
    {
        Task<string> running;
        lock (_gate)
        {
            running = _output ??= Node.RunAsync(script, target, ca, [.. names]);
        }

        string output = await running;
        string? line = output.Split('\n').SingleOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        line.ShouldNotBeNull(output);
        return line[(name.Length + 1)..].Replace("\\n", "\n", StringComparison.Ordinal);
    }
}
