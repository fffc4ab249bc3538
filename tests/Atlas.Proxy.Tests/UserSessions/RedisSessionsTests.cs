using System.Globalization;
using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Proxy.Tests.Stores;
using Atlas.Proxy.UserSessions;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>What is asked of Redis for a session that it has, and what its answers are taken for. The scripts themselves run on a real
/// server elsewhere.</summary>
public sealed class RedisSessionsTests : UserSessionScenario
{
    private const int TimeoutMs = 20;
    private const int TurnMs = 100;
    private const long BeganMs = 1_700_000_000_000;
    private const string Id = "AAAAAAAAAAAAAAAAAAAAAA";
    private const string KeptMs = ":1790000\r\n";
    private const string LongUnusedMs = ":1700000\r\n";

    private readonly FakeRedis _redis = new();
    private string _keptMs = KeptMs;

    [Fact]
    public void Write_OfAStoredSessionThatExpectsNone_AsksNothing()
    {
        Run((world, _) => AskAsync(world, Id, status: 409), Response($"Atlas-Session: {Text("two")}\r\nAtlas-Session-Version: 0\r\n"));

        Seen[^1].Field("atlas-session-version").ShouldBe("7676767676767676");
        _redis.Commands.Select(command => command.Split(' ')[0]).ShouldBe(["GET", "PTTL", "TIME"]);
    }

    [Fact]
    public void Write_OfAWorkerThatReadsLate_IsInTime()
    {
        Run(
            (world, time) =>
            {
                _redis.Answer = Answers(
                    command =>
                    {
                        if (command == "TIME")
                        {
                            // The answer is on its way, and the worker does something else for long.
                            world.Network.After(0, () => world.Network.Spend(TurnMs));
                        }
                    },
                    time,
                    command => BoundOf(command) >= time() ? ":1\r\n" : ":2\r\n");
                return AskAsync(world, Id);
            },
            Response($"Atlas-Session: {Text("two")}\r\n"));

        Scripts().ShouldHaveSingleItem();
    }

    [Fact]
    public void Write_ThatComesTooLate_IsSentOnceMoreByTheTimeOfRedis()
    {
        var times = new List<long>();
        Run(
            (world, time) =>
            {
                // Another server, whose clock is an hour ahead, has taken over.
                _redis.Answer = Answers(_ => { }, time, command =>
                {
                    times.Add(time() + 3_600_000);
                    return BoundOf(command) >= times[^1] ? ":1\r\n" : $":{times[^1]}\r\n";
                });
                return AskAsync(world, Id);
            },
            Response($"Atlas-Session: {Text("two")}\r\n"));

        Scripts().Count.ShouldBe(2);
        BoundOf(Scripts()[1]).ShouldBeInRange(times[0] + (2 * TimeoutMs), times[0] + (3 * TimeoutMs));
    }

    [Fact]
    public void Write_ThatComesTooLateTwice_Is503()
    {
        Run(
            (world, time) =>
            {
                _redis.Answer = Answers(_ => { }, time, _ => $":{time()}\r\n");
                return AskAsync(world, Id, status: 503);
            },
            Response($"Atlas-Session: {Text("two")}\r\n"));

        Scripts().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(":1\r\n", true)]
    [InlineData(":0\r\n", false)]
    [InlineData("-ERR no\r\n", false)]
    public void Renewal_GivesTheCookieOnlyWhereTheSessionIsStillThere(string reply, bool isThere)
    {
        _keptMs = LongUnusedMs;
        WireMessage answer = Run(
            (world, time) =>
            {
                _redis.Answer = Answers(_ => { }, time, _ => reply);
                return AskAsync(world, Id);
            },
            Plain);

        CookieOf(answer).ShouldBe(isThere ? Id : null);
        Scripts().ShouldHaveSingleItem().ShouldEndWith(" 1800000");
    }

    [Theory]
    [InlineData(":1\r\n", 200)]
    [InlineData(":0\r\n", 409)]
    [InlineData("-ERR no\r\n", 503)]
    public void End_OfASessionThatHasMoved_IsAConflict(string reply, int status) => Run(
        (world, time) =>
        {
            _redis.Answer = Answers(_ => { }, time, _ => reply);
            return AskAsync(world, Id, status);
        },
        Response("Atlas-Session: \r\n"));

    [Fact]
    public void End_OfASessionThatCouldNotBeRead_AsksForTheTimeFirst()
    {
        Run(
            async (world, time) =>
            {
                (ByteStream client, WireReader reader) = await world.ConnectAsync();
                await client.SendAllAsync(ProxyWorld.Bytes(Request(Id)));
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(409);
                _redis.Answer = command => !command.StartsWith("EVALSHA ", StringComparison.Ordinal) ? "-ERR no\r\n"
                    : BoundOf(command) == 0 ? $":{time()}\r\n"
                    : ":1\r\n";
                await client.SendAllAsync(ProxyWorld.Bytes(Request(Id)));
                WireMessage answer = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
                client.Close();
                return answer;
            },
            Response("Atlas-Session: \r\nAtlas-Session-Version: 00000000000000ff\r\n"),
            Shop with { OnStoreFailure = StoreFailureAction.Empty }).Status.ShouldBe(200);

        Scripts().Count.ShouldBe(3);
        BoundOf(Scripts()[0]).ShouldBeGreaterThan(BeganMs);
        BoundOf(Scripts()[1]).ShouldBe(0);
        BoundOf(Scripts()[2]).ShouldBeGreaterThan(BeganMs);
    }

    private static long BoundOf(string script) => long.Parse(script.Split(' ')[5], CultureInfo.InvariantCulture);

    private List<string> Scripts() => [.. _redis.Commands.Where(command => command.StartsWith("EVALSHA ", StringComparison.Ordinal))];

    private Func<string, string?> Answers(Action<string> before, Func<long> time, Func<string, string> script) => command =>
    {
        before(command);
        string kept = "\u0001" + new string('v', 8) + "\0\0\0\0\0\0\0\u0001" + "one";
        return command.Split(' ')[0] switch
        {
            "GET" => $"${kept.Length}\r\n{kept}\r\n",
            "PTTL" => _keptMs,
            "TIME" => TimeReply(time()),
            "EVALSHA" => script(command),
            _ => "+OK\r\n",
        };
    };

    private static string TimeReply(long ms)
    {
        string micros = (ms % 1_000 * 1_000).ToString(CultureInfo.InvariantCulture);
        return $"*2\r\n$10\r\n{ms / 1_000}\r\n${micros.Length}\r\n{micros}\r\n";
    }

    private WireMessage Run(Func<ProxyWorld, Func<long>, ResultFlow<WireMessage>> scenario, string response, SessionConfig? config = null)
    {
        var endpoint = new RedisEndpoint("10.0.0.1", 6379);
        var state = new StoreState(
            new StoreConfig { Name = "here", Type = StoreType.Redis, TimeoutMs = TimeoutMs }, new RedisOptions { TimeoutMs = TimeoutMs }, workers: 1)
        {
            Topology = RedisTopology.Of(endpoint),
        };
        var session = new SessionSnapshot(config ?? Shop, new RedisSessions(state, "shop"));
        var world = new ProxyWorld(
            seed: 3,
            SimulationOptions.Calm,
            servers: 3,
            pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { Session = session },
            listener: listener => listener with { HiddenFields = new HiddenFields([session.Fields]) });
        world.Network.Listen(SocketAddress.OfIp(IPAddress.Parse(endpoint.Host), endpoint.Port), world.Network.AddLoop(), _redis);
        long Time() => BeganMs + world.Network.NowMs;
        _redis.Answer = Answers(_ => { }, Time, _ => ":0\r\n");
        WireMessage answer = null!;
        world.Run(async () =>
        {
            Answer(world, _ => response);
            answer = await scenario(world, Time);
            world.Proxy.Forget(state);
            await world.DelayAsync(60_000);
        });
        return answer;
    }
}
