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
    public static Task<VirtualNode> StartAsync(
        NetworkNamespace node, string name, string router, string addresses = SharedNetwork.VirtualIp + "/24") =>
        StartTextAsync(node, Text(name, router, addresses));

    /// <summary>Starts it by a whole configuration, and waits until it is ready.</summary>
    /// <param name="node">Where.</param>
    /// <param name="text">The configuration. Beside its file is <c>secret</c>.</param>
    /// <param name="secret">What is in that.</param>
    public static async Task<VirtualNode> StartTextAsync(NetworkNamespace node, string text, string secret = "the same on all nodes")
    {
        var config = new ConfigFile(text);
        await WriteSecretAsync(config, secret);
        RunningProgram program = node.Start(Checkout.Program, "run", "-c", config.Path);
        await program.ErrorAsync("ready");
        return new VirtualNode(program, config);
    }

    /// <summary>Has it go by another configuration, and waits until it does.</summary>
    public async Task ReloadAsync(string text)
    {
        int before = Count("reloaded");
        _config.Write(text);
        await Program.SignalAsync("HUP");
        await SaysAsync("reloaded", before);
    }

    /// <summary>See <see cref="RunningProgram.Count"/>.</summary>
    public int Count(string text) => Program.Count(text);

    /// <summary>See <see cref="RunningProgram.SaysAsync"/>.</summary>
    public Task SaysAsync(string text, int skip = 0) => Program.SaysAsync(text, skip);

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _config.Dispose();
    }

    /// <summary>Writes a file <c>secret</c> beside a configuration, which nobody else may read.</summary>
    public static async Task WriteSecretAsync(ConfigFile config, string secret)
    {
        await File.WriteAllTextAsync(config.Sibling("secret"), secret);
        await Tool.RunAsync("chmod", "600", config.Sibling("secret"));
    }

    /// <summary>The configuration of <see cref="StartAsync"/>.</summary>
    public static string Text(string name, string router, string addresses = SharedNetwork.VirtualIp + "/24") =>
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
