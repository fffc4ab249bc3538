using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Atlas on a node, which answers with the node's name.</summary>
public sealed class VirtualNode : IAsyncDisposable
{
    private readonly ConfigFile _config;

    private VirtualNode(RunningProgram program, ConfigFile config)
    {
        Program = program;
        _config = config;
    }

    public RunningProgram Program { get; }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="node">Where.</param>
    /// <param name="name">What it answers.</param>
    /// <param name="router">The keys of its virtual router, without interface, id and addresses.</param>
    /// <param name="addresses">The addresses.</param>
    public static async Task<VirtualNode> StartAsync(
        NetworkNamespace node, string name, string router, string addresses = SharedNetwork.VirtualIp + "/24")
    {
        var config = new ConfigFile(Text(name, router, addresses));
        RunningProgram program = node.Start(Checkout.Program, "run", "-c", config.Path);
        await program.ErrorAsync("ready");
        return new VirtualNode(program, config);
    }

    /// <summary>Has it go by other keys of the virtual router.</summary>
    public async Task ReloadAsync(string name, string router)
    {
        _config.Write(Text(name, router, SharedNetwork.VirtualIp + "/24"));
        await Program.SignalAsync("HUP");
    }

    /// <summary>Waits until a line on standard error contains a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="skip">How many such lines to pass over.</param>
    public async Task SaysAsync(string text, int skip = 0) => await Wait.ForAsync(
        () => Program.Errors.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal)) > skip,
        () => $"no line with '{text}':\n{Program.Errors}");

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _config.Dispose();
    }

    private static string Text(string name, string router, string addresses) =>
        $$"""
        listeners:
          web:
            bind: ["0.0.0.0:80", "[::]:80"]
            routes: [{ respond: { status: 200, body: "{{name}}" } }]
        admin: { bind: none }
        high_availability:
          node: {{name}}
          active_passive: [{ interface: eth, router_id: 51, addresses: [{{addresses}}], {{router}} }]
        """;
}
