using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Buffers;
using Atlas.Proxy.Stores;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>Stores of a worker whose buffers are all lent.</summary>
public sealed class RedisMemoryTests
{
    private const int FewBuffers = 8;

    [Theory]
    [InlineData(0)]
    [InlineData(BufferPool.SmallLength)]
    public void Connect_WithoutMemoryToGreet_IsNotUp(int bytes)
    {
        var world = new SimulatedWorld(1, SimulationOptions.Calm);
        SimulatedLoop loop = world.AddLoop(bytes);
        var redis = new FakeRedis();
        world.Listen(SocketAddress.OfIp(IPAddress.Parse(StoreWorld.Endpoint.Host), StoreWorld.Endpoint.Port), world.AddLoop(), redis);
        var state = new StoreState(
            new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions { Database = 3, Password = "secret"u8.ToArray() }, workers: 1)
        {
            Topology = RedisTopology.Of(StoreWorld.Endpoint),
        };
        var client = new RedisClient(loop, state);
        world.RunFor(20);

        redis.All.ShouldBeEmpty();
        state.Health.ShouldBe(new StoreHealth(StoreCondition.Down, "no memory to greet 10.0.0.1:6379"));
        client.Leave();
        world.RunFor(10_000);
        world.AssertClean();
    }

    [Fact]
    public void Connect_MemoryIsBack_Greets()
    {
        var world = new StoreWorld(redis: new RedisOptions { Database = 3 }, bufferBytes: FewBuffers * BufferPool.SmallLength);
        NativeBuffer[] lent = RentAll(world);
        _ = world.Client;
        world.World.RunFor(100);
        world.Redis.All.ShouldBeEmpty();
        Array.ForEach(lent, buffer => buffer.Return());
        world.Connect();

        world.Redis.All.ShouldBe(["SELECT 3", "CLIENT SETNAME atlas", "PING"]);
        world.End();
    }

    [Fact]
    public void RunAsync_NoMemoryWhenTheReplyComes_TakesItLater()
    {
        var world = new StoreWorld(redis: new RedisOptions { TimeoutMs = 200 }, bufferBytes: FewBuffers * BufferPool.SmallLength);
        world.Connect();
        world.Redis.IsStopped = true;
        StoreAnswer answer = world.Echo("x");
        world.World.RunFor(10);
        NativeBuffer[] lent = RentAll(world);
        world.Redis.GoOn();
        world.World.RunFor(50);
        answer.Status.ShouldBeNull();
        Array.ForEach(lent, buffer => buffer.Return());
        world.Await(answer);

        (answer.Status, answer.Text).ShouldBe((RedisStatus.Ok, "x"));
        world.Changes.ShouldBe(["Up"]);
        world.End();
    }

    [Fact]
    public void Probe_WithoutMemoryToSendIt_TakesNobodysReply()
    {
        var world = new StoreWorld(bufferBytes: FewBuffers * BufferPool.SmallLength);
        world.Connect();
        world.Redis.IsStopped = true;
        for (int i = 0; i < 3; i++)
        {
            world.Await(world.Echo("late"));
        }

        world.Store.Health.Condition.ShouldBe(StoreCondition.Slow);
        NativeBuffer[] lent = RentAll(world);
        world.World.RunFor(60);
        Array.ForEach(lent, buffer => buffer.Return());
        world.Redis.GoOn();
        world.World.Run(() => world.Store.Health.Condition == StoreCondition.Up, 1_000);
        StoreAnswer[] answers = [.. Enumerable.Range(0, 5).Select(i => world.Echo($"a{i}"))];
        world.Await(answers);

        answers.Select(answer => answer.Text).ShouldBe(["a0", "a1", "a2", "a3", "a4"]);
        world.End();
    }

    [Fact]
    public void RunAsync_NoMemoryForALargeReply_SaysSo()
    {
        var world = new StoreWorld(redis: new RedisOptions { TimeoutMs = 1_000 }, bufferBytes: FewBuffers * BufferPool.SmallLength);
        world.Connect();
        world.Redis.Answer = command => command == "ECHO much" ? $"$20000\r\n{new string('x', 20_000)}\r\n" : null;
        StoreAnswer answer = world.Echo("much");
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.Failed);
        answer.ErrorText.ShouldBe("there is no memory for the reply");
        world.End();
    }

    private static NativeBuffer[] RentAll(StoreWorld world)
    {
        var lent = new List<NativeBuffer>();
        while (world.Loop.Buffers.TryRent(BufferSize.Small) is { } buffer)
        {
            lent.Add(buffer);
        }

        lent.ShouldNotBeEmpty();
        return [.. lent];
    }
}
