using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Reloads, scaling out and the end, as connections of TCP listeners see them.</summary>
public sealed class TcpOperateTests
{
    private const int Lanes = 8;

    [Fact]
    public async Task Reload_UnderLoad_BreaksNoConnection()
    {
        Backend[] servers = Backend.Three();
        string[] all = [.. servers.Select(server => server.Address)];
        using var config = new ConfigFile(ConfigFile.TcpText(all[..2]));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        TcpConnection[] staying = await TcpConnection.OpenManyAsync(atlas.Address, 4);
        await using var load = new TcpLoad(atlas.Address, Lanes);
        for (int i = 0; i < 6; i++)
        {
            await load.AnsweredAsync(100);
            config.Write(i % 2 == 0
                ? ConfigFile.TcpText(all[1..], "balance: least_connections", "timeouts: { idle: 1m }")
                : ConfigFile.TcpText(all[..2]));
            await atlas.ReloadAsync(before: i);
        }

        await load.AnsweredAsync(100);
        await load.EndAsync();
        load.Broken.ShouldBeEmpty();
        staying.Select(connection => connection.Server).ShouldBe(["A", "B", "A", "B"]);
        foreach (TcpConnection connection in staying)
        {
            await connection.AskAsync();
            connection.Dispose();
        }

        await EndAsync(servers);
    }

    [Fact]
    public async Task LeastConnections_AServerJoins_GetsTheNewConnectionsUntilAllHaveAsMany()
    {
        Backend[] servers = Backend.Three();
        string[] all = [.. servers.Select(server => server.Address)];
        using var config = new ConfigFile(ConfigFile.TcpText(all[..2], "balance: least_connections"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        TcpConnection[] old = await TcpConnection.OpenManyAsync(atlas.Address, 40);
        config.Write(ConfigFile.TcpText(all, "balance: least_connections"));
        await atlas.ReloadAsync();

        TcpConnection[] young = await TcpConnection.OpenManyAsync(atlas.Address, 20);
        TcpConnection[] later = await TcpConnection.OpenManyAsync(atlas.Address, 30);

        old.Count(connection => connection.Server == "A").ShouldBe(20);
        old.Count(connection => connection.Server == "B").ShouldBe(20);
        young.ShouldAllBe(connection => connection.Server == "C");
        later.CountBy(connection => connection.Server).ShouldAllBe(share => share.Value == 10);
        Array.ForEach([.. old, .. young, .. later], connection => connection.Dispose());
        await EndAsync(servers);
    }

    [Fact]
    public async Task Terminate_Connection_GoesOnToItsEnd()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(ConfigFile.TcpText(
            [server.Address], more: "runtime: { shutdown: { deadline: 50ms, tunnel_deadline: 24h } }"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        TcpConnection connection = await TcpConnection.OpenAsync(atlas.Address);

        await atlas.Program.SignalAsync("TERM");
        await DrainTests.RefusedAsync(atlas.Address);
        for (int i = 0; i < 20; i++)
        {
            await connection.AskAsync();
        }

        atlas.Program.HasEnded.ShouldBeFalse();
        connection.Dispose();
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_TunnelDeadlinePasses_ResetsWhatIsLeft()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(ConfigFile.TcpText(
            [server.Address], more: "runtime: { shutdown: { deadline: 50ms, tunnel_deadline: 50ms } }"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        using TcpConnection connection = await TcpConnection.OpenAsync(atlas.Address);

        await atlas.Program.SignalAsync("TERM");

        await connection.ResetAsync();
        (await atlas.Program.EndAsync()).ShouldBe(0);
    }

    private static async Task EndAsync(Backend[] servers)
    {
        foreach (Backend server in servers)
        {
            await server.DisposeAsync();
        }
    }
}
