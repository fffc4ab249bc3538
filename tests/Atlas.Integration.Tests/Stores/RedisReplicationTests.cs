using System.Globalization;
using System.Text;
using Atlas.Control.Stores;
using Atlas.Core.Configuration;
using Atlas.Proxy.Stores;

namespace Atlas.Integration.Tests.Stores;

/// <summary>Stores behind sentinels, and on a cluster, of real servers.</summary>
public sealed class RedisReplicationTests
{
    private static readonly RedisOptions Patient = new() { TimeoutMs = 1_000 };

    [Fact]
    public async Task Watch_MasterDies_CallsGoToTheReplica()
    {
        using RedisProcess master = await RedisProcess.StartAsync();
        using RedisProcess replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", Text(master.Port));
        string directory = Directory.CreateTempSubdirectory("atlas-sentinel-").FullName;
        string file = Path.Combine(directory, "sentinel.conf");
        await File.WriteAllTextAsync(file, $"""
            bind 127.0.0.1
            dir {directory}
            sentinel monitor mymaster 127.0.0.1 {master.Port} 1
            sentinel down-after-milliseconds mymaster 300
            sentinel failover-timeout mymaster 2000

            """);
        using RedisProcess sentinel = await RedisProcess.StartAsync(file, "--sentinel", "--port", "{port}");
        await Eventually.IsAsync(async () => (await sentinel.AskAsync("SENTINEL", "replicas", "mymaster")).Contains(Text(replica.Port), StringComparison.Ordinal));
        await Eventually.IsAsync(async () => (await replica.AskAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal));
        var config = new StoreConfig { Name = "shared", Type = StoreType.Redis, Sentinels = [Address(1), Address(sentinel.Port)], Master = "mymaster" };
        using var user = new StoreUser(RedisTopology.Unknown, Patient);
        user.Begin();
        using var watch = new RedisWatch(config, default, () => null, found => user.MoveTo(TopologyOf(found)));
        watch.Start();
        await Eventually.IsAsync(async () => (await user.CallAsync("SET", "a", "1")).Status == RedisStatus.Ok);
        user.Store.Topology.Nodes.Single().Port.ShouldBe(master.Port);

        master.Kill();
        await Eventually.IsAsync(async () => (await user.CallAsync("SET", "a", "2")).Status == RedisStatus.Ok);
        user.Store.Topology.Nodes.Single().Port.ShouldBe(replica.Port);
        (await replica.AskAsync("GET", "a")).ShouldBe("2");
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData(null, "secret", "")]
    [InlineData("atlas", "users", "")]
    [InlineData("atlas", "secret", "it answers: WRONGPASS ")]
    [InlineData(null, "", "it answers: NOAUTH ")]
    public async Task Watch_SentinelWantsAPassword_IsToldTheSentinels(string? user, string password, string problem)
    {
        string directory = Directory.CreateTempSubdirectory("atlas-sentinel-").FullName;
        string file = Path.Combine(directory, "sentinel.conf");
        await File.WriteAllTextAsync(file, $"""
            bind 127.0.0.1
            dir {directory}
            requirepass secret
            user atlas on >users +ping +sentinel|get-master-addr-by-name
            sentinel monitor mymaster 127.0.0.1 1 1

            """);
        using RedisProcess sentinel = await RedisProcess.StartAsync(file, "--sentinel", "--port", "{port}");
        var config = new StoreConfig
        {
            Name = "shared",
            Type = StoreType.Redis,
            Sentinels = [Address(sentinel.Port)],
            Master = "mymaster",
            User = "unused",
            SentinelUser = user,
        };
        var found = new TaskCompletionSource<RedisServers>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = new RedisWatch(config, Encoding.UTF8.GetBytes(password), () => null, servers => found.TrySetResult(servers));
        watch.Start();
        RedisServers servers = await found.Task;

        servers.Servers.Select(server => server.Port).ShouldBe(problem.Length == 0 ? [1] : []);
        servers.Problem.ShouldStartWith(
            problem.Length == 0 ? "" : $"sentinel 127.0.0.1:{sentinel.Port}: {problem}");
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Watch_NoSentinelAnswers_SaysSo()
    {
        var config = new StoreConfig { Name = "shared", Type = StoreType.Redis, Sentinels = [Address(1)], Master = "mymaster" };
        using var user = new StoreUser(RedisTopology.Unknown, Patient);
        user.Begin();
        using var watch = new RedisWatch(config, default, () => null, found => user.MoveTo(TopologyOf(found)));
        watch.Start();

        await Eventually.IsAsync(() => user.Store.Health.Condition == StoreCondition.Down);
        user.Store.Health.Reason.ShouldBe("sentinel 127.0.0.1:1: it refuses connections");
        (await user.CallAsync("GET", "a")).Status.ShouldBe(RedisStatus.Unavailable);
    }

    [Fact]
    public async Task Cluster_ThreeServers_EachKeyFindsItsOwn()
    {
        using RedisProcess a = await StartNodeAsync();
        using RedisProcess b = await StartNodeAsync();
        using RedisProcess c = await StartNodeAsync();
        RedisProcess[] nodes = [a, b, c];
        await RedisProcess.CliAsync(["--cluster", "create", .. nodes.Select(node => $"127.0.0.1:{node.Port}"), "--cluster-yes"]);
        await Eventually.IsAsync(async () =>
        {
            string[] infos = await Task.WhenAll(nodes.Select(node => node.AskAsync("CLUSTER", "INFO")));
            return infos.All(info => info.Contains("cluster_state:ok", StringComparison.Ordinal));
        });
        var config = new StoreConfig { Name = "shared", Type = StoreType.Redis, Cluster = [Address(1), Address(b.Port)] };
        var found = new TaskCompletionSource<RedisServers>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = new RedisWatch(config, default, () => null, servers => found.TrySetResult(servers));
        watch.Start();
        RedisServers servers = await found.Task;
        servers.Servers.Select(server => server.Port).ShouldBe(nodes.Select(node => node.Port), ignoreOrder: true);
        using StoreUser user = await new StoreUser(TopologyOf(servers), Patient).ConnectAsync();
        for (int i = 0; i < 100; i++)
        {
            (await user.CallAsync("SET", $"k{i}", "1")).Status.ShouldBe(RedisStatus.Ok);
        }

        user.Moves.ShouldBe(0);
        string[] sizes = await Task.WhenAll(nodes.Select(node => node.AskAsync("DBSIZE")));
        sizes.Sum(size => int.Parse(size, CultureInfo.InvariantCulture)).ShouldBe(100);
        sizes.ShouldAllBe(size => size != "0");

        // Who believes that one server has all slots is told better.
        using StoreUser stale = await new StoreUser(RedisTopology.Of(new RedisEndpoint("127.0.0.1", a.Port)), Patient).ConnectAsync();
        for (int i = 0; i < 100; i++)
        {
            (await stale.CallAsync("GET", $"k{i}")).ShouldBe((RedisStatus.Ok, "1"));
        }

        stale.Moves.ShouldBeGreaterThan(0);
        await AskAsync(user, a, b);
    }

    // A slot that is being moved: what the old server has no more, the new one is asked for.
    private static async Task AskAsync(StoreUser user, RedisProcess a, RedisProcess b)
    {
        string from = await a.AskAsync("CLUSTER", "MYID");
        string to = await b.AskAsync("CLUSTER", "MYID");
        string slot = (await a.AskAsync("CLUSTER", "NODES")).Split('\n').First(line => line.StartsWith(from, StringComparison.Ordinal)).Split(' ')[^1].Trim().Split('-')[0];
        string key = Enumerable.Range(0, 1_000_000).Select(i => $"m{i}")
            .First(name => Text(Atlas.Protocols.Resp.ClusterSlot.Of(System.Text.Encoding.ASCII.GetBytes(name))) == slot);
        (await b.AskAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", from)).ShouldBe("OK");
        (await a.AskAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", to)).ShouldBe("OK");

        (await user.CallAsync("SET", key, "moved")).ShouldBe((RedisStatus.Ok, "OK"));
        (await user.CallAsync("GET", key)).ShouldBe((RedisStatus.Ok, "moved"));
        user.Moves.ShouldBe(2);
        (await a.AskAsync("CLUSTER", "COUNTKEYSINSLOT", slot)).ShouldBe("0");
        (await b.AskAsync("CLUSTER", "COUNTKEYSINSLOT", slot)).ShouldBe("1");
    }

    private static Task<RedisProcess> StartNodeAsync() => RedisProcess.StartAsync(
        "--cluster-enabled", "yes", "--cluster-port", Text(RedisProcess.FreePort()), "--cluster-node-timeout", "5000");

    private static RedisTopology TopologyOf(RedisServers found) => new(
        [.. found.Servers.Select(server => new RedisEndpoint(server.Host, server.Port))],
        found.Slots.Count > 0 ? found.Slots.ToArray() : default(ReadOnlyMemory<short>),
        found.Problem);

    private static ServerAddress Address(int port)
    {
        ServerAddress.TryParse($"127.0.0.1:{port}", out ServerAddress? address).ShouldBeTrue();
        return address!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
