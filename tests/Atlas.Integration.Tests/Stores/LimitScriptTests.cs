using System.Globalization;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Stores;

namespace Atlas.Integration.Tests.Stores;

/// <summary>The script of rate limits on a real server of Redis: it decides what the code does that has no store.</summary>
public sealed class LimitScriptTests : IStoreObserver
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TaskCompletionSource _isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    void IStoreObserver.StoreChanged(StoreState store)
    {
        if (store.Health.Condition == StoreCondition.Up)
        {
            _isUp.TrySetResult();
        }
    }

    void IStoreObserver.ServersMoved(StoreState store)
    {
    }

    [Fact]
    public Task Decide_AnyLimit_IsTheAlgorithm() => RunAsync(async client =>
    {
        var random = new Random(7);
        for (int round = 0; round < 150; round++)
        {
            Gcra limit = AnyLimit(random);
            var script = new LimitScript(limit, "web/r", RequestKey.ClientIp);
            byte[] who = Encoding.ASCII.GetBytes(round.ToString(CultureInfo.InvariantCulture));
            long arrival = 0;
            for (int i = 0; i < 30; i++)
            {
                (bool isAllowed, long ahead, long nowUs) = await AskAsync(client, script, who);
                arrival = i == 0 ? limit.UnitsOf(nowUs) : arrival;
                RateDecision expected = limit.Decide(ref arrival, nowUs);
                string at = $"request {i} of {limit.Interval}/{limit.UnitsPerUs} with burst {limit.Burst}";
                isAllowed.ShouldBe(expected.IsAllowed, at);
                ahead.ShouldBe(unchecked(arrival - limit.UnitsOf(nowUs)), at);
                limit.Describe(isAllowed, ahead).ShouldBe(expected, at);
            }
        }
    });

    /// <summary>Another limit applies at once to what was used, and nobody waits for longer than an interval of it.</summary>
    [Fact]
    public Task Decide_OtherLimitThanBefore_AppliesAtOnce() => RunAsync(async client =>
    {
        byte[] who = [1, 2, 3, 4];
        LimitScript Of(Rate rate, int burst) => new(new Gcra(rate, burst), "web/r", RequestKey.ClientIp);
        LimitScript hourly = Of(new Rate(7, 3_600_000), burst: 7);
        for (int i = 0; i < 8; i++)
        {
            (await AskAsync(client, hourly, who)).IsAllowed.ShouldBe(i < 7);
        }

        // An hour ahead counts as the two minutes that are the most of this one.
        LimitScript minutely = Of(new Rate(1, 60_000), burst: 2);
        (bool isAllowed, long ahead, _) = await AskAsync(client, minutely, who);
        (isAllowed, ahead).ShouldBe((false, 120_000_000));

        LimitScript fast = Of(new Rate(10_000_000, 1_000), burst: 10_000_000);
        (isAllowed, ahead, _) = await AskAsync(client, fast, who);
        (isAllowed, ahead).ShouldBe((false, 10_000_000));
        (await AskAsync(client, fast, who)).IsAllowed.ShouldBeTrue("a microsecond brings ten");
    });

    [Fact]
    public Task Decide_OtherClientRouteOrKey_HasABucketOfItsOwn() => RunAsync(async client =>
    {
        var limit = new Gcra(new Rate(1, 3_600_000), burst: 1);
        var script = new LimitScript(limit, "web/a", RequestKey.ClientIp);
        (await AskAsync(client, script, "ann"u8.ToArray())).IsAllowed.ShouldBeTrue();
        (await AskAsync(client, script, "ann"u8.ToArray())).IsAllowed.ShouldBeFalse();
        (await AskAsync(client, new LimitScript(limit, "web/a", RequestKey.ClientIp), "ann"u8.ToArray())).IsAllowed.ShouldBeFalse("of another node");

        (await AskAsync(client, script, "bob"u8.ToArray())).IsAllowed.ShouldBeTrue();
        (await AskAsync(client, script, [])).IsAllowed.ShouldBeTrue();
        (await AskAsync(client, new LimitScript(limit, "web/b", RequestKey.ClientIp), "ann"u8.ToArray())).IsAllowed.ShouldBeTrue();
        (await AskAsync(client, new LimitScript(limit, "web/a", new RequestKey(RequestKeyKind.Host, "")), "ann"u8.ToArray())).IsAllowed.ShouldBeTrue();
    });

    /// <summary>What is kept goes by itself, no sooner than it says nothing any more, and what it is of does not stand in it.</summary>
    [Fact]
    public Task Decide_Kept_ExpiresWhenItHasPassed() => RunAsync(async client =>
    {
        var limit = new Gcra(new Rate(1, 60_000), burst: 3);
        var script = new LimitScript(limit, "web/r", new RequestKey(RequestKeyKind.Header, "X-Key"));
        await AskAsync(client, script, "secret"u8.ToArray());
        await AskAsync(client, script, "secret"u8.ToArray());

        string key = await TextAsync(client, "KEYS", "*");
        key.ShouldMatch("^atlas:limit:web/r:[0-9a-f]{32}$");
        long leftMs = long.Parse(await TextAsync(client, "PTTL", key), CultureInfo.InvariantCulture);
        leftMs.ShouldBeInRange(60_000, 120_001);
        (await TextAsync(client, "GET", key)).ShouldMatch("^[0-9]{16}:0$");
    });

    /// <summary>The rights that docs/rate-limits.md says a user needs.</summary>
    [Fact]
    public Task Decide_UserWithTheLeastRights_IsEnough() => RunAsync(
        async client =>
        {
            var script = new LimitScript(new Gcra(new Rate(1, 3_600_000), burst: 1), "web/r", RequestKey.ClientIp);
            (await AskAsync(client, script, "ann"u8.ToArray())).IsAllowed.ShouldBeTrue();
            (await AskAsync(client, script, "ann"u8.ToArray())).IsAllowed.ShouldBeFalse();
        },
        new RedisOptions { TimeoutMs = 10_000, User = "atlas", Password = "secret"u8.ToArray() },
        [.. "--user default off --user atlas on >secret ~atlas:limit:* +ping +client|setname +eval +evalsha +time +get +set".Split(' ')]);

    private static Gcra AnyLimit(Random random)
    {
        int most = random.Next(4) switch { 0 => 20, 1 => 1_000, 2 => 100_000, _ => Gcra.MaxCount };
        int periodMs = random.Next(3) switch { 0 => 1_000, 1 => 60_000, _ => 3_600_000 };
        int count = random.Next(8) == 0 ? 9_999_999 : random.Next(1, most + 1);

        // An arrival time past 2^53 microseconds, 285 years after 1970, is exact to a few of them only.
        int burst = random.Next(1, 40);
        return new Gcra(new Rate(count, periodMs), burst);
    }

    private static async ResultFlow<(bool IsAllowed, long Ahead, long NowUs)> AskAsync(RedisClient client, LimitScript script, byte[] who)
    {
        RedisCall call = client.Rent();
        script.Write(call, who);
        RedisStatus status = await client.RunAsync(call);
        status.ShouldBe(RedisStatus.Ok, call.ErrorText);
        script.TryRead(call.Replies, out bool isAllowed, out long ahead, out long nowUs).ShouldBeTrue();
        client.Return(call);
        return (isAllowed, ahead, nowUs);
    }

    private static async ResultFlow<string> TextAsync(RedisClient client, string name, string argument)
    {
        RedisCall call = client.Rent();
        call.Command(2).Part(Encoding.ASCII.GetBytes(name)).Key(Encoding.ASCII.GetBytes(argument));
        (await client.RunAsync(call)).ShouldBe(RedisStatus.Ok, call.ErrorText);
        string text = TextOf(call);
        client.Return(call);
        return text;
    }

    private static string TextOf(RedisCall call)
    {
        var reader = call.Replies;
        reader.TryRead(out var value).ShouldBeTrue();
        if (value.Kind == Protocols.Resp.RespKind.Array)
        {
            value.Number.ShouldBe(1);
            reader.TryRead(out value).ShouldBeTrue();
        }

        return value.Kind == Protocols.Resp.RespKind.Integer ? value.Number.ToString(CultureInfo.InvariantCulture) : Encoding.ASCII.GetString(value.Bytes);
    }

    private async Task RunAsync(Func<RedisClient, Flow> scenario, RedisOptions? options = null, params string[] arguments)
    {
        using RedisProcess redis = await RedisProcess.StartAsync(arguments);
        using var worker = new Worker(0);
        worker.Start();
        var store = new StoreState(new StoreConfig { Name = "s", Type = StoreType.Redis }, options ?? new RedisOptions { TimeoutMs = 10_000 }, workers: 1)
        {
            Topology = RedisTopology.Of(new RedisEndpoint("127.0.0.1", redis.Port)),
            Observer = this,
        };
        RedisClient? client = null;
        worker.TryPost(() => client = new RedisClient(worker, store)).ShouldBeTrue();
        await _isUp.Task.WaitAsync(Limit);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.TryPost(() => GuardAsync(scenario, client!, done).Detach()).ShouldBeTrue();
        await done.Task.WaitAsync(Limit);
    }

    private static async Flow GuardAsync(Func<RedisClient, Flow> scenario, RedisClient client, TaskCompletionSource done)
    {
        try
        {
            await scenario(client);
            done.SetResult();
        }
        catch (Exception e)
        {
            done.SetException(e);
        }

        client.Leave();
    }
}
