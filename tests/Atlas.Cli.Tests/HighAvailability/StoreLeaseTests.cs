using System.Globalization;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Nodes that have a lease in Redis, which both reach where they do not hear each other.</summary>
public sealed class StoreLeaseTests
{
    private const string Key = "atlas:lease:51:" + SharedNetwork.VirtualIp;

    // Several times as many as the master alone sends within the others' patience.
    private const int Questions = 40;

    [Fact]
    public async Task Nodes_CutOffFromEachOther_HaveOneMasterWhileTheStoreAnswers()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        RunningProgram redis = await RedisAsync(network);
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, Text("one", 150)));
        await Wait.ForAsync(() => SharedNetwork.Has(network.One), () => one.Program.Errors);
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two", 100)));
        await two.SaysAsync("is backup");

        // Cut off, the backup asks, and goes on being one for as long as it is told that the master lives.
        network.Split(true);
        int asked = Asked(network);
        await Wait.ForAsync(() => Asked(network) >= asked + Questions, () => two.Program.Errors);
        SharedNetwork.Has(network.Two).ShouldBeFalse(two.Program.Errors);
        two.Count("is master").ShouldBe(0, two.Program.Errors);

        // Dead masters have no lease for long.
        await one.Program.SignalAsync("KILL");
        await Wait.ForAsync(() => SharedNetwork.Has(network.Two), () => two.Program.Errors);

        // One that comes back leaves the addresses to the other, which it cannot hear.
        one = network.Keep(await VirtualNode.StartTextAsync(network.One, Text("one", 150)));
        await one.SaysAsync("is backup");
        asked = Asked(network);
        await Wait.ForAsync(() => Asked(network) >= asked + Questions, () => one.Program.Errors);
        one.Count("is master").ShouldBe(0, one.Program.Errors);

        // Once it hears it, it takes the addresses and the lease from it, since its priority is higher.
        network.Split(false);
        await Wait.ForAsync(() => SharedNetwork.Has(network.One) && !SharedNetwork.Has(network.Two), () => one.Program.Errors);

        // Without the store nodes go by what they hear.
        await redis.SignalAsync("KILL");
        await one.SaysAsync("goes without its lease: store main: 10.88.0.2:6379");
        SharedNetwork.Has(network.One).ShouldBeTrue();
        await one.Program.SignalAsync("KILL");
        await Wait.ForAsync(() => SharedNetwork.Has(network.Two), () => two.Program.Errors);
        await two.SaysAsync("goes without its lease: store main: 10.88.0.2:6379");
    }

    [Fact]
    public async Task Master_ThatStops_LetsGoOfItsLease()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        await RedisAsync(network);
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, Text("one", 150)));
        await Wait.ForAsync(() => Ask(network, "GET", Key) == "one", () => one.Program.Errors);
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two", 100)));
        await two.SaysAsync("is backup");

        await one.Program.SignalAsync("TERM");
        (await one.Program.EndAsync()).ShouldBe(0);

        await Wait.ForAsync(() => Ask(network, "GET", Key) == "two", () => two.Program.Errors);
        SharedNetwork.Has(network.Two).ShouldBeTrue();
        await two.Program.SignalAsync("TERM");
        (await two.Program.EndAsync()).ShouldBe(0);
        await Wait.ForAsync(() => Ask(network, "GET", Key).Length == 0, () => two.Program.Errors);
    }

    private static async Task<RunningProgram> RedisAsync(SharedNetwork network)
    {
        RunningProgram redis = network.Keep(network.Client.Start(
            "redis-server", "--port", "6379", "--bind", "10.88.0.2", "--protected-mode", "no", "--save", "", "--appendonly", "no"));
        await Wait.ForAsync(() => redis.Output.Contains("Ready to accept connections", StringComparison.Ordinal), () => redis.Output);
        return redis;
    }

    private static string Ask(SharedNetwork network, params string[] command) =>
        network.Client.Run("redis-cli", ["-h", "10.88.0.2", .. command]).Trim();

    private static int Asked(SharedNetwork network) => Ask(network, "INFO", "commandstats").Split('\n')
        .Where(line => line.StartsWith("cmdstat_eval:calls=", StringComparison.Ordinal))
        .Select(line => int.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static string Text(string name, int priority) =>
        $$"""
        listeners:
          web: { bind: "0.0.0.0:80", routes: [{ respond: { status: 200, body: "{{name}}" } }] }
        stores: { main: { type: redis, url: "redis://10.88.0.2:6379" } }
        admin: { bind: none }
        high_availability:
          node: {{name}}
          active_passive:
            - { interface: eth, router_id: 51, addresses: [{{SharedNetwork.VirtualIp}}/24], priority: {{priority}}, advertise: 500ms, store: main }
        """;
}
