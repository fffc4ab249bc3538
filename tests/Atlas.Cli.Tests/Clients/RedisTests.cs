using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Clients;

/// <summary>The client and the load of Redis, through a TCP listener.</summary>
public sealed class RedisTests
{
    private const int Requests = 20_000;

    [Fact]
    public async Task Redis_CommandsAndLoad_AreAllAnswered()
    {
        await using PeerServer redis = await PeerServer.StartAsync(
            port => ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        using var config = new ConfigFile(ConfigFile.TcpText([redis.Address]));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        string[] atAtlas = ["-h", "127.0.0.1", "-p", atlas.Port];

        (await Tool.RunAsync("redis-cli", [.. atAtlas, "set", "name", "a value with \" and \u00e9"])).ShouldBe("OK\n");
        (await Tool.RunAsync("redis-cli", [.. atAtlas, "--raw", "get", "name"])).ShouldBe("a value with \" and \u00e9\n");
        (await Tool.RunAsync("redis-cli", [.. atAtlas, "setrange", "long", "999999", "x"])).ShouldBe("1000000\n");
        (await Tool.RunAsync("redis-cli", [.. atAtlas, "--raw", "get", "long"])).Length.ShouldBe(1_000_001);
        (await Tool.RunAsync("redis-cli", [.. atAtlas, "nothing"])).ShouldStartWith("ERR unknown command");

        await LoadAsync(atAtlas, pipelined: 1);
        await LoadAsync(atAtlas, pipelined: 16);
        string calls = await Tool.RunAsync("redis-cli", [.. atAtlas, "info", "commandstats"]);
        calls.ShouldContain($"cmdstat_set:calls={1 + (2 * Requests)},");
        calls.ShouldContain($"cmdstat_get:calls={2 + (2 * Requests)},");
    }

    private static async Task LoadAsync(string[] atAtlas, int pipelined)
    {
        ToolResult result = await Tool.EndAsync(
            "redis-benchmark", [.. atAtlas, "-q", "-t", "set,get", "-n", $"{Requests}", "-c", "20", "-P", $"{pipelined}"]);
        result.ExitCode.ShouldBe(0, result.Errors);
        result.Errors.ShouldBeEmpty();
        result.Output.ShouldContain("SET: ");
        result.Output.ShouldContain("GET: ");
        result.Output.ShouldNotContain("rror");
    }
}
