using System.Net;
using System.Text;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Stores;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Stores;

public sealed class RedisClusterTests
{
    private static readonly RedisEndpoint Other = new("10.0.0.2", 6379);

    private static readonly int Slot = ClusterSlot.Of("k"u8);

    [Fact]
    public void RunAsync_SlotsOfTwoServers_EachGetsItsOwn()
    {
        (StoreWorld world, FakeRedis other, _) = Begin(slot => (short)(slot % 2));
        StoreAnswer[] answers = [.. Enumerable.Range(0, 50).Select(i => Get(world, $"k{i}"))];
        world.Await(answers);

        answers.Select(answer => answer.Text).ShouldBe(Enumerable.Range(0, 50).Select(i => $"k{i}"));
        world.Redis.Commands.Count(command => SlotOf(command) % 2 == 1).ShouldBe(0);
        other.Commands.Count(command => SlotOf(command) % 2 == 0).ShouldBe(0);
        (world.Redis.Commands.Count + other.Commands.Count).ShouldBe(50);
        world.End();

        static int SlotOf(string command) => ClusterSlot.Of(Encoding.ASCII.GetBytes(command.Split(' ')[1]));
    }

    [Fact]
    public void RunAsync_SlotOfNobody_IsUnavailable()
    {
        (StoreWorld world, _, _) = Begin(_ => -1);
        Get(world, "k").Status.ShouldBe(RedisStatus.Unavailable);
        world.End();
    }

    [Theory]
    [InlineData("MOVED", "GET k")]
    [InlineData("ASK", "ASKING,GET k")]
    public void RunAsync_Redirected_GoesThereOnce(string error, string commands)
    {
        (StoreWorld world, FakeRedis other, _) = Begin(_ => 0);
        other.Answer = command => command == "ASKING" ? "+OK\r\n" : null;
        world.Redis.Answer = command => command == "GET k" ? $"-{error} {Slot} 10.0.0.2:6379\r\n" : null;
        StoreAnswer answer = Get(world, "k");
        world.Await(answer);

        answer.Text.ShouldBe("k");
        other.Commands.ShouldBe(commands.Split(','));
        world.Moves.ShouldBe(1);

        other.Answer = command => command == "ASKING" ? "+OK\r\n" : $"-MOVED {Slot} 10.0.0.1:6379\r\n";
        StoreAnswer circle = Get(world, "k");
        world.Await(circle);
        circle.Status.ShouldBe(RedisStatus.Failed);
        circle.ErrorText.ShouldBe($"MOVED {Slot} 10.0.0.1:6379");
        world.End();
    }

    [Fact]
    public void RunAsync_RedirectedToAServerNotKnownYet_ConnectsToIt()
    {
        var world = new StoreWorld();
        var other = new FakeRedis();
        world.World.Listen(SocketAddress.OfIp(IPAddress.Parse(Other.Host), Other.Port), world.Far, other);
        world.Connect();
        world.Redis.Answer = command => command == "GET k" ? $"-MOVED {Slot} 10.0.0.2:6379\r\n" : null;
        StoreAnswer answer = Get(world, "k");
        world.Await(answer);

        answer.Text.ShouldBe("k");
        other.All.ShouldBe(["CLIENT SETNAME atlas", "PING", "GET k"]);

        // It is none of the store's own, whose state does not depend on it.
        other.IsStopped = true;
        other.CloseAll();
        world.World.RunFor(10_000);
        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    [Fact]
    public void RunAsync_RedirectedForOnceToWhoDoesNotKnowTheScript_AsksAgainWithIt()
    {
        (StoreWorld world, FakeRedis other, _) = Begin(_ => 0);
        world.Redis.Answer = command => command.StartsWith("EVAL", StringComparison.Ordinal) ? $"-ASK {Slot} 10.0.0.2:6379\r\n" : null;
        bool isAsking = false;
        other.Answer = command =>
        {
            bool wasAsking = isAsking;
            isAsking = command == "ASKING";
            return isAsking ? "+OK\r\n"
                : !wasAsking ? $"-MOVED {Slot} 10.0.0.1:6379\r\n"
                : command.StartsWith("EVALSHA", StringComparison.Ordinal) ? "-NOSCRIPT No matching script.\r\n"
                : ":1\r\n";
        };
        StoreAnswer answer = Script(world);
        world.Await(answer);
        answer.Status.ShouldBe(RedisStatus.Ok, answer.ErrorText);
        other.Commands.Select(command => command.Split(' ')[0]).ShouldBe(["ASKING", "EVALSHA", "ASKING", "EVAL"]);

        // The next call is one of its own.
        world.Redis.Answer = command => command.StartsWith("EVALSHA", StringComparison.Ordinal) ? "-NOSCRIPT No matching script.\r\n" : ":2\r\n";
        StoreAnswer next = Script(world);
        world.Await(next);
        next.Text.ShouldBe("2");
        world.Redis.Commands.ShouldNotContain("ASKING");
        world.End();

        static StoreAnswer Script(StoreWorld world)
        {
            RedisCall call = world.Client.Rent();
            call.Script(new RedisScript("return 1"), 0).Key("k"u8);
            return world.Run(call);
        }
    }

    [Fact]
    public void RunAsync_OneServerOfTwoGone_OnlyItsKeysAreUnavailable()
    {
        (StoreWorld world, FakeRedis other, SimulatedListener listener) = Begin(slot => (short)(slot < 8_192 ? 0 : 1));
        world.World.RunFor(2_000);
        listener.Refuses = true;
        other.CloseAll();
        world.World.RunFor(100);
        StoreAnswer[] answers = [.. Enumerable.Range(0, 50).Select(i => Get(world, $"k{i}"))];
        world.Await(answers);

        for (int i = 0; i < answers.Length; i++)
        {
            bool isGone = ClusterSlot.Of(Encoding.ASCII.GetBytes($"k{i}")) >= 8_192;
            answers[i].Status.ShouldBe(isGone ? RedisStatus.Unavailable : RedisStatus.Ok);
        }

        world.Changes[^1].ShouldBe("Down: 10.0.0.2:6379 refuses connections");
        world.End();
    }

    [Fact]
    public void Follow_MasterMoved_GoesToTheNewOneAndLeavesTheOld()
    {
        var world = new StoreWorld();
        var other = new FakeRedis();
        world.World.Listen(SocketAddress.OfIp(IPAddress.Parse(Other.Host), Other.Port), world.Far, other);
        world.Connect();
        world.Redis.Answer = command => command == "GET k" ? "-READONLY You can't write against a read only replica.\r\n" : null;
        StoreAnswer refused = Get(world, "k");
        world.Await(refused);
        refused.Status.ShouldBe(RedisStatus.Failed);
        world.Moves.ShouldBe(1);

        world.Store.Topology = RedisTopology.Of(Other);
        StoreAnswer answer = Get(world, "k");
        world.Await(answer);
        answer.Text.ShouldBe("k");
        world.World.RunFor(100);
        world.Redis.Open.ShouldBeEmpty();
        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    [Fact]
    public void Follow_OneServerOfTwoLeaves_IsNoTroubleOfTheStore()
    {
        (StoreWorld world, FakeRedis other, _) = Begin(slot => (short)(slot % 2));
        world.World.RunFor(2_000);
        other.IsStopped = true;
        StoreAnswer[] left = [.. Enumerable.Range(0, 10).Select(i => Get(world, $"k{i}"))];
        world.World.RunFor(1);
        var again = new List<StoreAnswer>();
        foreach (StoreAnswer answer in left)
        {
            answer.Ended = () => again.Add(Get(world, "k"));
        }

        world.Store.Topology = new RedisTopology([StoreWorld.Endpoint], new short[ClusterSlot.Count]);
        world.Client.Follow();
        again.ShouldNotBeEmpty("what was under way at the server that left has ended");
        world.Await([.. again]);

        again.ShouldAllBe(answer => answer.Status == RedisStatus.Ok);
        world.Changes.ShouldBe(["Up"]);
        world.End();
    }

    [Fact]
    public void Follow_NobodyKnowsTheMaster_SaysWhy()
    {
        var world = new StoreWorld();
        world.Store.Topology = new RedisTopology([], default, "sentinel 10.0.0.3:26379: it refuses connections");
        Get(world, "k").Status.ShouldBe(RedisStatus.Unavailable);
        world.Changes.ShouldBe(["Down: sentinel 10.0.0.3:26379: it refuses connections"]);

        world.Store.Topology = RedisTopology.Of(StoreWorld.Endpoint);
        StoreAnswer answer = Get(world, "k");
        world.Await(answer);
        answer.Text.ShouldBe("k");
        world.Changes[^1].ShouldBe("Up");
        world.End();
    }

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", "127.0.0.1:6381", false)]
    [InlineData("ASK 3999 redis.example:6381", "redis.example:6381", true)]
    [InlineData("MOVED 3999 ::1:6381", "[::1]:6381", false)]
    [InlineData("MOVED 3999 :6381", "10.0.0.1:6381", false)]
    [InlineData("MOVED 3999 ?:6381", "10.0.0.1:6381", false)]
    public void Redirect_OfAnError_SaysWhere(string error, string endpoint, bool isAsking)
    {
        RedisRedirect redirect = RedisRedirect.Of(Encoding.ASCII.GetBytes(error), StoreWorld.Endpoint).ShouldNotBeNull();
        redirect.Endpoint.ToString().ShouldBe(endpoint);
        redirect.IsAsking.ShouldBe(isAsking);
    }

    [Theory]
    [InlineData("ERR unknown")]
    [InlineData("MOVED ")]
    [InlineData("MOVED 3999")]
    [InlineData("MOVED 16384 127.0.0.1:6381")]
    [InlineData("MOVED x 127.0.0.1:6381")]
    [InlineData("MOVED 3999 127.0.0.1")]
    [InlineData("MOVED 3999 127.0.0.1:")]
    [InlineData("MOVED 3999 127.0.0.1:99999")]
    [InlineData("MOVED 3999 127.0.0.1:63x")]
    public void Redirect_OfAnotherError_IsNone(string error) =>
        RedisRedirect.Of(Encoding.ASCII.GetBytes(error), StoreWorld.Endpoint).ShouldBeNull();

    private static (StoreWorld World, FakeRedis Other, SimulatedListener Listener) Begin(Func<int, short> slots)
    {
        var world = new StoreWorld();
        var other = new FakeRedis();
        SimulatedListener listener = world.World.Listen(SocketAddress.OfIp(IPAddress.Parse(Other.Host), Other.Port), world.Far, other);
        world.Store.Topology = new RedisTopology(
            [StoreWorld.Endpoint, Other], Enumerable.Range(0, ClusterSlot.Count).Select(slots).ToArray());
        world.Connect();
        return (world, other, listener);
    }

    private static StoreAnswer Get(StoreWorld world, string key)
    {
        RedisCall call = world.Client.Rent();
        call.Command(2).Part("GET"u8).Key(Encoding.ASCII.GetBytes(key));
        return world.Run(call);
    }
}
