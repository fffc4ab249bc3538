using System.Diagnostics;

namespace Atlas.Clients.Tests.Programs;

/// <summary>The scripts in the folder node, with the modules that <c>./test</c> installs there.</summary>
public static class Node
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "tests", "Atlas.Clients.Tests", "node");

    public static ProcessStartInfo Start(string script)
    {
        Directory.Exists(Path.Combine(Folder, "node_modules")).ShouldBeTrue($"Run ./test once, or npm ci in {Folder}.");
        return new ProcessStartInfo("node", [Path.Combine(Folder, script)]);
    }

    /// <summary>Runs a client, which must end with 0.</summary>
    /// <param name="script">Its script.</param>
    /// <param name="target">The address or URL that it is told.</param>
    /// <param name="ca">The authority that it trusts; null: it speaks without TLS.</param>
    /// <param name="more">Further arguments.</param>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(string script, string target, string? ca, params string[] more)
    {
        string[] words = [target, ca ?? "-", .. more];
        await using RunningProgram client = RunningProgram.Start(Start(script), words);
        int code = await client.EndAsync();
        code.ShouldBe(0, $"{script} {string.Join(' ', words)}\n{client.Output}{client.Errors}");
        return client.Output;
    }
}
