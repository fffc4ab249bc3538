using System.Globalization;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Sessions outside the servers: any server serves any user, and nobody notices who of them was killed.</summary>
public sealed class SessionTests
{
    private const int Lanes = 32;
    private const int Items = 3;

    [Fact]
    public async Task Carts_InMemoryWhileServersAreKilled_LoseNothing()
    {
        const int users = 2_000;
        await using Servers servers = await Servers.StartAsync(3);
        using var config = new ConfigFile(Text(servers, "type: memory", "127.0.0.1:0"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var carts = new CartUsers(atlas.Address);

        Task shopping = carts.RunAsync(users, Items, Lanes);
        int restarts = await RestartWhileAsync(servers, shopping);
        await shopping;

        restarts.ShouldBeGreaterThan(0);
        carts.Answered.ShouldBeGreaterThan(users * Items * 9 / 10);
    }

    [Fact]
    public async Task Carts_InRedisWhileServersAndANodeRestart_LoseNothing()
    {
        const int users = 10_000;
        await using PeerServer redis = await PeerServer.StartAsync(
            port => ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        await using Servers servers = await Servers.StartAsync(3);
        string store = $"type: redis, url: 'redis://{redis.Address}/0', timeout: 1s";
        using var config = new ConfigFile(Text(servers, store, "127.0.0.1:0"));
        await using RunningAtlas first = await RunningAtlas.StartAsync(config);
        RunningAtlas second = await RunningAtlas.StartAsync(config);
        using var again = new ConfigFile(Text(servers, store, second.Address));
        using var carts = new CartUsers(first.Address, second.Address);

        Task shopping = carts.RunAsync(users, Items, Lanes);
        Task<int> restarting = RestartWhileAsync(servers, shopping);
        int nodes = 0;
        while (!shopping.IsCompleted)
        {
            await second.Program.SignalAsync("TERM");
            (await second.Program.EndAsync()).ShouldBe(0);
            await second.DisposeAsync();
            second = await RunningAtlas.StartAsync(again);
            nodes++;
            await Task.WhenAny(shopping, Task.Delay(1_000));
        }

        await second.DisposeAsync();
        await shopping;

        (await restarting).ShouldBeGreaterThan(0);
        nodes.ShouldBeGreaterThan(0);
        carts.Answered.ShouldBeGreaterThan(users * Items / 2);
        string keys = await Tool.RunAsync("redis-cli", ["-p", redis.Port, "dbsize"]);
        int.Parse(keys, CultureInfo.InvariantCulture).ShouldBeInRange(users * 9 / 10, users * 2);
    }

    private static async Task<int> RestartWhileAsync(Servers servers, Task work)
    {
        int restarts = 0;
        for (; !work.IsCompleted; restarts++)
        {
            await servers.RestartAsync(restarts % servers.Addresses.Count);
        }

        return restarts;
    }

    private static string Text(Servers servers, string store, string bind) =>
        $$"""
        listeners:
          web: { bind: '{{bind}}', pool: shop }
        pools:
          shop: { servers: [{{string.Join(", ", servers.Addresses)}}], session: cart, retry: { attempts: 2 } }
        stores:
          there: { {{store}} }
        sessions:
          cart: { store: there, cookie: { name: cart } }
        admin: { bind: none }
        """;
}
