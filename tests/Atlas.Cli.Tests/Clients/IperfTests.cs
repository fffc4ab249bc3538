using System.Text.Json.Nodes;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Clients;

/// <summary>Bulk of iperf3 through a TCP listener.</summary>
public sealed class IperfTests
{
    private const long Bytes = 500L * 1024 * 1024;

    [Fact]
    public Task Iperf_BulkToTheServer_GoesThrough() =>
        // The sender says over another connection that it has sent all, and the receiver takes no more of what the kernels still hold.
        BulkAsync(Bytes * 3 / 4);

    [Fact]
    public Task Iperf_BulkFromTheServer_GoesThrough() => BulkAsync(Bytes, "-R");

    private static async Task BulkAsync(long received, params string[] direction)
    {
        await using PeerServer server = await PeerServer.StartAsync(port => ["iperf3", "-s", "-B", "127.0.0.1", "-p", port]);
        using var config = new ConfigFile(ConfigFile.TcpText([server.Address]));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);

        string report = await Tool.RunAsync("iperf3", ["-c", "127.0.0.1", "-p", atlas.Port, "-n", "500M", "-J", .. direction]);

        JsonNode end = JsonNode.Parse(report)!["end"]!;
        ((long)end["sum_sent"]!["bytes"]!).ShouldBeGreaterThanOrEqualTo(Bytes);
        ((long)end["sum_received"]!["bytes"]!).ShouldBeGreaterThanOrEqualTo(received);
    }
}
