using System.Text;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Tests.Stores;

public sealed class StoreRefusalTests
{
    private const string Trial = "SET atlas:k{atlas:k}  PX 1";

    private static readonly RedisScript Script = new("return redis.call('SET', KEYS[1], '1')");

    [Fact]
    public void Trial_RedisIsFullForAWhile_IsToldOnceAndItsEndWithoutAnyCall()
    {
        var world = new StoreWorld();
        world.Connect();
        bool isFull = true;
        world.Redis.Answer = command => isFull && !command.StartsWith("GET", StringComparison.Ordinal) ? "-OOM command not allowed\r\n" : "+OK\r\n";
        world.Await(Call(world, "SET"));
        for (int i = 0; i < 60; i++)
        {
            // What needs no room is done all the time.
            world.Await(Call(world, "GET"));
            world.World.RunFor(1_000);
        }

        world.Changes.ShouldBe(["Up", "Refusing: it answers with OOM command not allowed"]);
        world.Redis.Commands.Count(command => command == Trial).ShouldBeInRange(4, 6);
        isFull = false;
        world.World.RunFor(10_100);

        world.Changes.ShouldBe(["Up", "Refusing: it answers with OOM command not allowed", "Up"]);
        int trials = world.Redis.Commands.Count;
        world.World.RunFor(60_000);
        world.Redis.Commands.Count.ShouldBe(trials);
        world.End();
    }

    [Fact]
    public void Trial_RedisRefusesNoLongerAtOnce_IsNotUpWithin10Seconds()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = _ => "-READONLY You can't write\r\n";
        world.Await(Call(world, "SET"));
        world.Redis.Answer = _ => "+OK\r\n";
        for (int i = 0; i < 9; i++)
        {
            world.World.RunFor(1_000);
            world.Await(Call(world, "SET"));
        }

        world.Changes.Count.ShouldBe(2);
        world.World.RunFor(1_100);
        world.Changes.Count.ShouldBe(3);
        world.End();
    }

    [Fact]
    public void Trial_ConnectionIsGoneMeanwhile_IsTriedAgain()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = _ => "-MISCONF Redis is configured to save\r\n";
        world.Await(Call(world, "SET"));
        world.Listener.Refuses = true;
        world.Redis.CloseAll();
        world.World.RunFor(15_000);
        world.Store.Health.Condition.ShouldBe(StoreCondition.Down);
        world.Listener.Refuses = false;
        world.Redis.Answer = _ => "+OK\r\n";
        world.World.RunFor(2_000);
        world.Store.Health.Reason.ShouldBe("it answers with MISCONF Redis is configured to save");
        world.World.RunFor(10_000);

        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    [Fact]
    public void Trial_StoreIsForgotten_KeepsItFromNothing()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = _ => "-OOM command not allowed\r\n";
        world.Await(Call(world, "SET"));
        bool isRetired = false;
        world.Store.IsForgotten = true;
        world.Client.Retire(() => isRetired = true);
        world.World.RunFor(25_000);

        isRetired.ShouldBeTrue();
        world.Redis.Commands.ShouldNotContain(Trial);
        world.End();
    }

    [Fact]
    public void Done_RightIsMissing_OnlyACallOfTheSameKindEndsIt()
    {
        var world = new StoreWorld();
        world.Connect();
        bool isAllowed = false;
        world.Redis.Answer = command => !isAllowed && command.StartsWith("EVALSHA", StringComparison.Ordinal)
            ? "-ERR The user executing the script can't run this command or subcommand script: 0123, on @user_script:1.\r\n"
            : "+OK\r\n";
        world.Await(CallScript(world));
        for (int i = 0; i < 30; i++)
        {
            world.Await(Call(world, "SET"));
            world.World.RunFor(1_000);
        }

        string[] changes = ["Up", "Refusing: it answers with ERR The user executing the script can't run this command or subcommand"];
        world.Changes.ShouldBe(changes);
        isAllowed = true;
        world.Await(CallScript(world));

        world.Changes.ShouldBe([.. changes, "Up"]);
        world.Redis.Commands.ShouldNotContain(Trial);
        world.End();
    }

    [Fact]
    public void Add_ReasonsInTurn_TheFirstIsToldWhileItIsMet()
    {
        var world = new StoreWorld();
        world.Connect();
        for (int i = 0; i < 20; i++)
        {
            world.Redis.Answer = _ => i % 2 == 0 ? "-OOM command not allowed script: 0123, on @user_script:1.\r\n" : "-NOPERM no\r\n";
            world.Await(i % 4 == 0 ? CallScript(world) : Call(world, "SET"));
            world.World.RunFor(1_100);
        }

        world.Changes.ShouldBe(["Up", "Refusing: it answers with OOM command not allowed"]);
        world.End();
    }

    [Fact]
    public void Follow_OtherServers_WhatTheFormerRefusedIsForgotten()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = _ => "-READONLY You can't write\r\n";
        world.Await(Call(world, "SET"));
        world.Store.Health.Condition.ShouldBe(StoreCondition.Refusing);
        world.Store.Topology = RedisTopology.Of(StoreWorld.Endpoint);
        world.Client.Follow();

        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    [Fact]
    public void Add_TwoWorkers_TheEndThatOneFindsIsOfBoth()
    {
        var world = new StoreWorld();
        var refusal = world.Store.Refusal;
        world.Connect();
        RedisTopology topology = world.Store.Topology;
        world.Redis.Answer = _ => "-OOM command not allowed\r\n";
        world.Await(Call(world, "SET"));
        long firstMs = refusal.AtMs.ShouldNotBeNull();
        world.World.RunFor(2_000);

        // The second worker is refused, too, and later finds that it is over.
        StoreAnswer second = Call(world, "SET");
        world.Await(second);
        refusal.AtMs.ShouldNotBeNull().ShouldBeGreaterThan(firstMs);
        refusal.Tried(isDone: true, refusal.AtMs.Value + StoreRefusal.LastingMs - 1).ShouldBeFalse();
        refusal.Tried(isDone: true, refusal.AtMs.Value + StoreRefusal.LastingMs).ShouldBeTrue();
        world.Store.Health.ShouldBe(StoreHealth.Up);
        refusal.Follow(topology);
        world.World.RunFor(30_000);

        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.Redis.Commands.ShouldNotContain(Trial, "nobody tries what is over");
        world.End();
    }

    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", "OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData(
        "OOM command not allowed when used memory > 'maxmemory'. script: 3f86, on @user_script:3.", "OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("ERR Error running script (call to f_3f86): @user_script:3: @user_script: 3: -OOM command not allowed", "OOM command not allowed")]
    [InlineData("", "")]
    public void ReasonOf_Error_LeavesOutTheScript(string error, string reason) =>
        StoreRefusal.ReasonOf(Encoding.ASCII.GetBytes(error)).ShouldBe(reason);

    private static StoreAnswer Call(StoreWorld world, string name)
    {
        RedisCall call = world.Client.Rent();
        call.Command(2).Part(Encoding.ASCII.GetBytes(name)).Key("atlas:k"u8);
        return world.Run(call);
    }

    private static StoreAnswer CallScript(StoreWorld world)
    {
        RedisCall call = world.Client.Rent();
        call.Script(Script, 0).Key("atlas:k"u8);
        return world.Run(call);
    }
}
