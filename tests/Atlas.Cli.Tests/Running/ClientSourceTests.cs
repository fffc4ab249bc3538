using System.Text.Json.Nodes;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary><c>source: client</c> between hosts that are network namespaces, with the rules that the documentation names.</summary>
public sealed class ClientSourceTests
{
    private const string NeedsRoot = "network namespaces need root: run the tests as root";

    [Theory]
    [InlineData("-net_admin", "192.0.2.1:8080", "198.51.100.2", "192.0.2.2")]
    [InlineData("-net_raw", "[2001:db8:1::1]:8080", "[2001:db8:2::2]", "2001:db8:1::2")]
    public async Task ClientSource_WithOneOfTheCapabilities_TheServerSeesTheClientsAddress(
        string missing, string listener, string server, string client)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, NeedsRoot);
        await using NetworkNamespaces hosts = await NetworkNamespaces.CreateAsync();
        await NetworkNamespaces.RunAsync(hosts.Balancer, "sh", "-ec", DocumentedRules());
        using var answering = new ConfigFile(AnsweringText(server));
        await using RunningAtlas last = await RunningAtlas.ReadyAsync(
            NetworkNamespaces.Start(hosts.Server, Checkout.Program, "run", "-c", answering.Path), "http");
        using var config = new ConfigFile(Text(listener, last.Address));
        await using RunningAtlas atlas = await RunningAtlas.ReadyAsync(
            NetworkNamespaces.Start(hosts.Balancer, Without(missing, Checkout.Program, "run", "-c", config.Path)), "tcp");

        string answer = await NetworkNamespaces.RunAsync(
            hosts.Client, "curl", "--silent", "--show-error", "--max-time", "30", "--globoff", $"http://{listener}/");

        answer.ShouldBe("here\n");
        string seen = await last.Program.OutputAsync("{");
        ((string)JsonNode.Parse("{" + seen)!["client_ip"]!).ShouldBe(client);
    }

    [Fact]
    public async Task ClientSource_WithoutTheCapability_IsSaidAtTheStart()
    {
        using var config = new ConfigFile(Text("127.0.0.1:0", "127.0.0.1:9"));
        string[] words = [Checkout.Program, "run", "-c", config.Path];
        if (Environment.IsPrivilegedProcess)
        {
            words = Without("-net_raw,-net_admin", words);
        }

        ToolResult result = await Tool.EndAsync(words[0], words[1..]);

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain(
            $"{config.Path}:6:13: 'source: client' needs the capability CAP_NET_RAW or CAP_NET_ADMIN, and this process has neither (");
        result.Errors.ShouldNotContain("ready");
    }

    /// <summary>A program that lacks capabilities of root.</summary>
    private static string[] Without(string capabilities, params string[] words) =>
        ["setpriv", $"--bounding-set={capabilities}", $"--inh-caps={capabilities}", .. words];

    private static string Text(string listener, string server) =>
        $$"""
        listeners:
          web: { bind: "{{listener}}", protocol: tcp, pool: web }
        pools:
          web:
            servers: ["{{server}}"]
            source: client
        admin: { bind: none }
        """;

    /// <summary>A server that says on standard output who asked it.</summary>
    private static string AnsweringText(string host) =>
        $$"""
        listeners:
          web:
            bind: "{{host}}:0"
            access_log: { to: stdout }
            routes: [{ respond: { body: here } }]
        admin: { bind: none }
        """;

    /// <summary>The commands of docs/tcp.md that hand the servers' answers to Atlas.</summary>
    private static string DocumentedRules()
    {
        string text = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "tcp.md"));
        return text.Split("```sh").Skip(1).Select(block => block.Split("```")[0])
            .Single(block => block.Contains("fwmark", StringComparison.Ordinal));
    }
}
