using System.Text;
using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Tests.Stores;

public sealed class StoreBuilderTests
{
    private static readonly SecretConfig Secret = new() { FilePath = "password" };

    [Theory]
    [InlineData("redis://127.0.0.1", "127.0.0.1:6379", 0, null, false)]
    [InlineData("redis://127.0.0.1:7000/", "127.0.0.1:7000", 0, null, false)]
    [InlineData("redis://redis.example:7000/12", "redis.example:7000", 12, null, false)]
    [InlineData("rediss://atlas@redis.example/0", "redis.example:6379", 0, "atlas", true)]
    [InlineData("redis://a%40b@[::1]:7000/1", "[::1]:7000", 1, "a@b", false)]
    public void Build_Url_SaysWhereAndHow(string url, string endpoint, int database, string? user, bool isTls)
    {
        StoreState store = Build(new StoreConfig { Name = "s", Type = StoreType.Redis, Url = url, TimeoutMs = 20 });

        store.Topology.Nodes.Single().ToString().ShouldBe(endpoint);
        RedisOptions options = store.Redis.ShouldNotBeNull();
        options.TimeoutMs.ShouldBe(20);
        options.Database.ShouldBe(database);
        options.User.ShouldBe(user);
        options.Password.IsEmpty.ShouldBeTrue();
        options.IsTls.ShouldBe(isTls);
    }

    [Fact]
    public void Build_Memory_IsNoneOfRedis() => Build(new StoreConfig { Name = "s" }).Redis.ShouldBeNull();

    [Fact]
    public void Build_Again_IsTheSameWhileNothingIsOtherwise()
    {
        var config = new StoreConfig { Name = "s", Type = StoreType.Redis, Url = "redis://127.0.0.1", Password = Secret };
        StoreState store = Build(config, password: "one");
        var previous = new ProxySnapshot([], []) { Stores = [store] };

        Encoding.ASCII.GetString(store.Redis!.Password.Span).ShouldBe("one");
        Build(config with { }, previous, "one").ShouldBeSameAs(store);
        Build(config, previous, "two").ShouldNotBeSameAs(store);
        Build(config with { TimeoutMs = 6 }, previous, "one").ShouldNotBeSameAs(store);
        Build(config with { Name = "t" }, previous, "one").ShouldNotBeSameAs(store);
        Build(config with { Password = null }, previous).ShouldNotBeSameAs(store);
    }

    private static StoreState Build(StoreConfig config, ProxySnapshot? previous = null, string password = "") =>
        StoreBuilder.Build(config, previous ?? ProxySnapshot.Empty, new ProxyMetrics(2), _ => Encoding.ASCII.GetBytes(password), observer: null);
}
