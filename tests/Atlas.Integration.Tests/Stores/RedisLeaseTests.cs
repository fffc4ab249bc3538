using System.Globalization;
using Atlas.Control.HighAvailability.Leases;
using Atlas.Core.Configuration;

namespace Atlas.Integration.Tests.Stores;

/// <summary>Leases in a real Redis.</summary>
public sealed class RedisLeaseTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Claim_OfSeveralNodes_IsTheFirstOnesUntilItLetsGo()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        RedisLease one = Lease(redis, "one", Long);
        RedisLease two = Lease(redis, "two", Long);

        (await one.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(true));
        (await two.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(false, "one"));
        (await one.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(true), "it has it already");
        await two.DropAsync();
        (await two.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(false, "one"), "nobody drops what another one has");

        await one.DropAsync();
        (await two.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(true));
        (await one.ClaimAsync(seizes: true)).ShouldBe(new LeaseAnswer(true));
        (await two.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(false, "one"));
    }

    [Fact]
    public async Task Claim_OfAnotherKeyOrDatabase_IsAnotherLease()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();

        (await Lease(redis, "one", Long).ClaimAsync(seizes: false)).IsHeld.ShouldBeTrue();
        (await Lease(redis, "two", Long, key: "other").ClaimAsync(seizes: false)).IsHeld.ShouldBeTrue();
        (await Lease(redis, "two", Long, database: 3).ClaimAsync(seizes: false)).IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task Claim_NotRenewed_Ends()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        await Lease(redis, "one", TimeSpan.FromMilliseconds(50)).ClaimAsync(seizes: false);

        await Eventually.IsAsync(async () => (await Lease(redis, "two", Long).ClaimAsync(seizes: false)).IsHeld);
    }

    [Fact]
    public async Task Claim_AgainAndAgain_KeepsItsConnectionAndOutlivesARestart()
    {
        const int Questions = 5;
        using RedisProcess redis = await RedisProcess.StartAsync();
        RedisLease one = Lease(redis, "one", Long);
        int before = await ConnectionsAsync(redis);

        for (int i = 0; i < Questions; i++)
        {
            (await one.ClaimAsync(seizes: false)).IsHeld.ShouldBeTrue();
        }

        (await ConnectionsAsync(redis) - before).ShouldBe(2, "the lease's, and the one that asks");
        redis.Kill();
        await redis.RestartAsync();
        (await one.ClaimAsync(seizes: false)).ShouldBe(new LeaseAnswer(true));
    }

    [Fact]
    public async Task Claim_WithoutAnAnswer_SaysWhy()
    {
        using RedisProcess redis = await RedisProcess.StartAsync("--requirepass", "secret");
        (await Lease(redis, "one", Long).ClaimAsync(seizes: false)).Problem.ShouldContain("NOAUTH");
        (await Lease(redis, "one", Long, password: "secret").ClaimAsync(seizes: false)).IsHeld.ShouldBeTrue();

        redis.Kill();

        LeaseAnswer answer = await Lease(redis, "one", Long).ClaimAsync(seizes: false);
        answer.ShouldBe(new LeaseAnswer(false, Problem: $"127.0.0.1:{redis.Port}: it refuses connections"));
        var nowhere = new RedisLease(() => null, "lease", () => "one", Long, Long);
        (await nowhere.ClaimAsync(seizes: false)).Problem.ShouldBe("its server is not known");
    }

    private static async Task<int> ConnectionsAsync(RedisProcess redis)
    {
        const string Key = "total_connections_received:";
        string line = (await redis.AskAsync("INFO", "stats")).Split('\n').First(line => line.StartsWith(Key, StringComparison.Ordinal));
        return int.Parse(line[Key.Length..].Trim(), CultureInfo.InvariantCulture);
    }

    private static RedisLease Lease(RedisProcess redis, string node, TimeSpan lifetime, string key = "lease", int database = 0, string password = "")
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis.Port}");
        ServerAddress.TryParse(address, out ServerAddress? server).ShouldBeTrue();
        return new RedisLease(
            () => new LeaseServer(server!) { Database = database, Password = System.Text.Encoding.UTF8.GetBytes(password) }, key, () => node, lifetime, Long);
    }
}
