using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Servers of TCP listeners that die, hang or fail while clients connect without a pause.</summary>
public sealed class TcpResilienceTests
{
    private const int Lanes = 8;
    private const string Check = "health_check: { path: /health, interval: 1100ms, timeout: 1s, fall: 1, rise: 1 }";

    [Fact]
    public async Task Kill_OfAllServersButOne_FailsNoNewConnection()
    {
        await using Servers servers = await Servers.StartAsync(3);
        using var config = new ConfigFile(ConfigFile.TcpText(servers.Addresses, listener: "access_log: { to: access.log }"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        await using var load = new TcpLoad(atlas.Address, Lanes);
        await load.AnsweredAsync(400);
        await servers.SignalAsync(1, "KILL");
        await servers.SignalAsync(2, "KILL");

        await load.AnsweredAsync(2_000);
        await load.EndAsync();
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);

        load.Broken.Count.ShouldBeLessThanOrEqualTo(2 * Lanes, "those that were at a server when it died");
        JsonNode[] log = [.. (await File.ReadAllLinesAsync(config.Sibling("access.log"))).Select(line => JsonNode.Parse(line)!)];
        log.Length.ShouldBe(load.Answered + load.Broken.Count);
        JsonNode[] moved = [.. log.Where(line => (int)line["attempts"]! > 1)];
        moved.ShouldNotBeEmpty("one found a dead server and went on");
        moved.ShouldAllBe(line => servers.Addresses.Skip(1).Any(address => ((string)line["failed_tries"]!).Contains(address + "=CF")));
        log.Where(line => (int)line["bytes_sent"]! == 0).Select(line => (string)line["flag"]!)
            .ShouldBeSubsetOf(["-", "UX"], "each reached a server");
    }

    [Fact]
    public async Task Stop_OfAServer_WithACheckThatOnlyConnects_LosesNothing()
    {
        await using Servers servers = await Servers.StartAsync(3);
        using var config = new ConfigFile(ConfigFile.TcpText(
            servers.Addresses, "balance: least_connections\nhealth_check: { type: tcp, interval: 1100ms, timeout: 1s }"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        await using var load = new TcpLoad(atlas.Address, Lanes);
        await load.AnsweredAsync(200);
        await servers.SignalAsync(1, "STOP");

        // The system accepts in its place, which is all that the check asks for: what goes there waits, and keeps new ones away.
        await load.AnsweredAsync(1_000);
        await servers.SignalAsync(1, "CONT");
        await load.AnsweredAsync(500);
        await load.EndAsync();

        load.Broken.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_OfAServer_WithACheckThatAsks_BreaksOnlyWhatHangsThere()
    {
        await using Servers servers = await Servers.StartAsync(3);
        using var config = new ConfigFile(ConfigFile.TcpText(servers.Addresses, "on_server_down: close\n" + Check));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        string server = $"pool web server {servers.Addresses[1]}: ";
        await Task.WhenAll(servers.Addresses.Select(address => atlas.Program.ErrorAsync($"pool web server {address}: up")));
        await using var load = new TcpLoad(atlas.Address, Lanes);
        await load.AnsweredAsync(200);
        int downs = atlas.Program.Errors.Split(server + "down").Length - 1;
        await servers.SignalAsync(1, "STOP");
        await atlas.Program.ErrorAsync(server + "down", downs);

        await load.AnsweredAsync(1_000);
        load.Broken.Count.ShouldBeInRange(1, Lanes, atlas.Program.Errors);
        load.Broken.ShouldAllBe(what => what == nameof(SocketError.ConnectionReset));
        await servers.SignalAsync(1, "CONT");
        await atlas.Program.ErrorAsync(server + "up", downs + 1);
        int before = load.Broken.Count;
        await load.AnsweredAsync(500);
        await load.EndAsync();
        load.Broken.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Server_ResetsBeforeItsFirstByte_IsEjected()
    {
        await using var good = new Backend("A");
        await using var bad = new ResettingServer();
        using var config = new ConfigFile(ConfigFile.TcpText([good.Address, bad.Address]));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        await using var load = new TcpLoad(atlas.Address, Lanes);
        await atlas.Program.ErrorAsync($"pool web server {bad.Address}: ejected for ");
        int before = load.Broken.Count;

        await load.AnsweredAsync(500);
        await load.EndAsync();

        load.Broken.ShouldNotBeEmpty();
        (load.Broken.Count - before).ShouldBeLessThanOrEqualTo(Lanes, "what was under way");
    }

    [Fact]
    public async Task Client_ThatReadsNothing_SlowsNoOther()
    {
        const int Bytes = 100_000_000;
        await using Servers servers = await Servers.StartAsync(1);
        using var config = new ConfigFile(ConfigFile.TcpText(servers.Addresses, more: "runtime: { workers: 1 }"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPEndPoint.Parse(atlas.Address));
        await slow.GetStream().WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"GET /?bytes={Bytes} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        byte[] buffer = new byte[65_536];
        long received = await slow.GetStream().ReadAsync(buffer);

        await using var load = new TcpLoad(atlas.Address, Lanes);
        await load.AnsweredAsync(1_000);
        await load.EndAsync();
        load.Broken.ShouldBeEmpty();
        string sent = (await admin.GetAsync("/metrics")).Split('\n').Single(
            line => line.StartsWith("atlas_sent_bytes_total{listener=\"web\"", StringComparison.Ordinal)).Split(' ')[1];
        long.Parse(sent, System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(Bytes, "its server waits");

        int length;
        while ((length = await slow.GetStream().ReadAsync(buffer).AsTask().WaitAsync(RunningProgram.Limit)) > 0)
        {
            received += length;
        }

        received.ShouldBeInRange(Bytes + 1, Bytes + 1_000, "the body and its head");
    }

    [Theory]
    [InlineData("on_server_down: close", true)]
    [InlineData("", false)]
    public async Task Server_GoesDown_ItsConnectionsCloseWhereThePoolSaysSo(string onDown, bool closes)
    {
        await using var one = new Backend("A");
        await using var other = new Backend("B");
        using var config = new ConfigFile(ConfigFile.TcpText([one.Address, other.Address], Check + "\n" + onDown));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        await atlas.Program.ErrorAsync($"pool web server {one.Address}: up");
        await atlas.Program.ErrorAsync($"pool web server {other.Address}: up");
        TcpConnection[] connections = await TcpConnection.OpenManyAsync(atlas.Address, 4);
        try
        {
            connections.Count(connection => connection.Server == "A").ShouldBe(2);
            one.IsFailing = true;
            await atlas.Program.ErrorAsync($"pool web server {one.Address}: down after 1 failed check: http 503");

            foreach (TcpConnection connection in connections)
            {
                await (closes && connection.Server == "A" ? connection.ResetAsync() : connection.AskAsync());
            }

            using TcpConnection next = await TcpConnection.OpenAsync(atlas.Address);
            next.Server.ShouldBe("B", atlas.Program.Errors);
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }
}
