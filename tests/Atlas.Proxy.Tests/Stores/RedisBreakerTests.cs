using Atlas.Proxy.Stores;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Stores;

public sealed class RedisBreakerTests
{
    [Fact]
    public void RunAsync_RedisStopped_ThreeCallsWaitAndTheRestDoesNot()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.IsStopped = true;
        for (int i = 0; i < 3; i++)
        {
            StoreAnswer slow = world.Echo("x");
            world.Await(slow);
            slow.Status.ShouldBe(RedisStatus.TimedOut);
            slow.TookMs.ShouldBe(5);
        }

        for (int i = 0; i < 100; i++)
        {
            StoreAnswer fast = world.Echo("x");
            fast.Status.ShouldBe(RedisStatus.Unavailable);
            fast.TookMs.ShouldBe(0);
            world.World.RunFor(20);
        }

        world.Changes.ShouldBe([
            "Up", "Slow: 10.0.0.1:6379 does not answer within 5 ms", "Down: 10.0.0.1:6379 does not answer within 1000 ms",
        ]);
        world.End();
    }

    [Fact]
    public void RunAsync_HiccupWhileManyAreUnderWay_CountsOnce()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.IsStopped = true;
        StoreAnswer[] answers = [.. Enumerable.Range(0, 50).Select(_ => world.Echo("x"))];
        world.Await(answers);
        world.Redis.GoOn();
        StoreAnswer next = world.Echo("next");
        world.Await(next);

        answers.ShouldAllBe(answer => answer.Status == RedisStatus.TimedOut);
        next.Text.ShouldBe("next");
        world.Changes.ShouldBe(["Up"]);
        world.End();
    }

    [Fact]
    public void RunAsync_TimeoutsWithAnswersBetween_DoNotAddUp()
    {
        var world = new StoreWorld();
        world.Connect();
        for (int i = 0; i < 10; i++)
        {
            world.Redis.IsStopped = true;
            world.Await(world.Echo("x"));
            world.Redis.GoOn();
            StoreAnswer next = world.Echo("next");
            world.Await(next);
            next.Text.ShouldBe("next");
        }

        world.Changes.ShouldBe(["Up"]);
        world.End();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(900)]
    [InlineData(5_000)]
    [InlineData(60_000)]
    public void RunAsync_RedisGoesOnAfterAStop_IsUpWithinASecond(int stoppedMs)
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.IsStopped = true;
        for (int i = 0; i < 3; i++)
        {
            world.Await(world.Echo("x"));
        }

        world.World.RunFor(stoppedMs);
        world.Store.Health.Condition.ShouldNotBe(StoreCondition.Up);
        world.Redis.GoOn();
        world.World.RunFor(1_000);

        StoreAnswer answer = world.Echo("back");
        world.Await(answer);
        answer.Text.ShouldBe("back");
        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    [Fact]
    public void RunAsync_RedisSlow_IsLeftAloneUntilItAnswersInTime()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.DelayMs = 20;
        for (int i = 0; i < 3; i++)
        {
            world.Await(world.Echo("x"));
        }

        world.World.RunFor(9_000);
        world.Changes.ShouldBe(["Up", "Slow: 10.0.0.1:6379 does not answer within 5 ms"]);
        world.Redis.All.Count(command => command == "PING").ShouldBeLessThan(45);
        world.Redis.DelayMs = 4;
        world.World.RunFor(1_000);
        world.Changes[^1].ShouldBe("Up");
        world.Listener.Accepted.ShouldBe(1);
        world.End();
    }

    [Fact]
    public void RunAsync_CallsLateAndPingInTime_ConditionChangesSeldom()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = command =>
        {
            world.Redis.DelayMs = command == "PING" ? 1 : 8;
            return null;
        };
        RunCalls(world, 10_000);

        // A pause is a quarter of a second at least after the first few.
        world.Changes.Count.ShouldBeInRange(10, 90);
        world.Redis.Answer = command => null;
        world.Redis.DelayMs = 0;
        RunCalls(world, 3_000);
        world.Store.Health.ShouldBe(StoreHealth.Up);

        // Calls came in time for a while, and so this is a new trouble, over at once.
        world.Redis.DelayMs = 20;
        RunCalls(world, 40);
        world.Store.Health.Condition.ShouldBe(StoreCondition.Slow);
        world.Redis.DelayMs = 0;
        world.World.RunFor(120);
        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    private static void RunCalls(StoreWorld world, int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 10)
        {
            world.Echo("x");
            world.World.RunFor(10);
        }
    }

    [Fact]
    public void RunAsync_ConnectionSlowForLong_IsMadeAnewWithoutBeingToldOf()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = command => command == "ECHO lost" ? "" : null;
        world.Await(world.Echo("lost"));

        // Each reply comes for the call before from now on, and too late for it.
        for (int i = 0; i < 3; i++)
        {
            world.Await(world.Echo("x"));
            world.World.RunFor(100);
        }

        world.World.RunFor(9_000);
        world.Changes.ShouldBe(["Up", "Slow: 10.0.0.1:6379 does not answer within 5 ms"]);
        world.World.RunFor(2_000);
        world.Listener.Accepted.ShouldBe(2);
        world.Changes[^1].ShouldBe("Up");
        world.Changes.Count.ShouldBe(3);
        world.End();
    }

    [Fact]
    public void RunAsync_RedisGone_FailsAtOnceAndComesBack()
    {
        var world = new StoreWorld();
        world.Connect();
        world.World.RunFor(2_000);
        StoreAnswer underWay = world.Echo("x");
        world.Listener.Refuses = true;
        world.Redis.IsStopped = true;
        world.World.RunFor(1);
        world.Redis.CloseAll();
        world.Await(underWay);
        underWay.Status.ShouldBe(RedisStatus.Unavailable);

        for (int i = 0; i < 200; i++)
        {
            StoreAnswer answer = world.Echo("x");
            world.Await(answer);
            answer.Status.ShouldBe(RedisStatus.Unavailable);
            answer.TookMs.ShouldBe(0);
            world.World.RunFor(50);
        }

        world.Changes.ShouldBe(["Up", "Down: 10.0.0.1:6379 refuses connections"]);
        world.Redis.IsStopped = false;
        world.Listener.Refuses = false;
        world.World.RunFor(1_000);
        StoreAnswer back = world.Echo("back");
        world.Await(back);
        back.Text.ShouldBe("back");
        world.Changes.Count.ShouldBe(3);
        world.End();
    }

    [Fact]
    public void RunAsync_ConnectionClosedWhileIdle_IsMadeAnewWithoutLoss()
    {
        var world = new StoreWorld();
        world.Connect();
        world.World.RunFor(2_000);
        world.Redis.CloseAll(reset: false);
        StoreAnswer answer = world.Echo("x", isIdempotent: true);
        world.Await(answer);

        answer.Text.ShouldBe("x");
        world.Changes.ShouldBe(["Up"]);
        world.Store.Metrics!.Connected.ShouldBe(2);
        world.End();
    }

    [Theory]
    [InlineData(true, RedisStatus.Ok)]
    [InlineData(false, RedisStatus.Unavailable)]
    public void RunAsync_ConnectionBreaksUnderWay_OnlyWhatMayBeDoneTwiceIsSentAgain(bool isIdempotent, RedisStatus status)
    {
        var world = new StoreWorld();
        world.Connect();
        world.World.RunFor(2_000);
        world.Redis.IsStopped = true;
        StoreAnswer answer = world.Echo("x", isIdempotent);
        world.World.RunFor(1);
        world.Redis.CloseAll();
        world.Redis.IsStopped = false;
        world.Await(answer);

        answer.Status.ShouldBe(status);
        world.End();
    }

    [Fact]
    public void RunAsync_ServerClosesEachConnection_IsNotAskedWithoutEnd()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = _ =>
        {
            world.World.After(0, () => world.Redis.CloseAll());
            return null;
        };
        world.Redis.CloseAll();
        world.World.RunFor(10_000);

        world.Listener.Accepted.ShouldBeLessThan(50);
        world.End();
    }

    [Fact]
    public void RunAsync_BytesThatAreNoReply_EndTheConnection()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Answer = command => command == "ECHO x" ? "HTTP/1.1 400 Bad Request\r\n" : null;
        StoreAnswer answer = world.Echo("x");
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.Unavailable);
        world.Changes.ShouldBe(["Up", "Down: 10.0.0.1:6379 sends what is no reply of Redis"]);
        world.End();
    }

    [Fact]
    public void RunAsync_ReplyThatNobodyAskedFor_EndsTheConnection()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.Open.Single().Send("+OK\r\n");
        world.World.RunFor(10);

        world.Changes[1].ShouldBe("Down: 10.0.0.1:6379 sends what is no reply of Redis");
        world.End();
    }

    [Theory]
    [InlineData("-WRONGPASS invalid username-password pair\r\n", "refuses the user or the password: WRONGPASS invalid username-password pair")]
    [InlineData("-NOAUTH Authentication required.\r\n", "wants a password and gets none: add 'password' to the store")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "is loading its data")]
    [InlineData("-ERR max number of clients reached\r\n", "answers: ERR max number of clients reached")]
    public void Connect_RedisRefusesToServe_SaysWhy(string error, string words)
    {
        var world = new StoreWorld();
        world.Redis.Answer = command => command == "PING" ? error : null;
        StoreAnswer answer = world.Echo("x");
        world.Await(answer);
        world.World.RunFor(5_000);

        answer.Status.ShouldBe(RedisStatus.Unavailable);
        world.Changes.ShouldBe([$"Down: 10.0.0.1:6379 {words}"]);
        world.Redis.Answer = _ => null;
        world.World.RunFor(1_000);
        world.Store.Health.ShouldBe(StoreHealth.Up);
        world.End();
    }

    [Fact]
    public void Connect_CredentialsAndDatabase_AreSentFirst()
    {
        var world = new StoreWorld(1, SimulationOptions.Calm, new RedisOptions { User = "atlas", Password = "secret"u8.ToArray(), Database = 3 });
        world.Redis.Answer = command => command.StartsWith("CLIENT", StringComparison.Ordinal) ? "-NOPERM\r\n" : null;
        world.Connect();

        world.Redis.All.ShouldBe(["AUTH atlas secret", "SELECT 3", "CLIENT SETNAME atlas", "PING"]);
        world.End();
    }

    [Fact]
    public void RunAsync_NobodyAnswersConnects_CostsOneTimeout()
    {
        var world = new StoreWorld();
        world.Listener.IsSilent = true;
        StoreAnswer first = world.Echo("x");
        world.Await(first);
        first.Status.ShouldBe(RedisStatus.TimedOut);
        first.TookMs.ShouldBe(5);
        StoreAnswer second = world.Echo("x");
        second.Status.ShouldBe(RedisStatus.Unavailable);
        world.World.RunFor(1_000);

        world.Changes.ShouldBe(["Down: 10.0.0.1:6379 takes no connection within 1000 ms"]);
        world.End();
    }

    [Fact]
    public void Retire_CallsGoOn_ClosesOnceTheyEnd()
    {
        var world = new StoreWorld();
        RedisClient client = world.Connect();
        bool isRetired = false;
        client.Retire(() => isRetired = true);
        for (int i = 0; i < 15; i++)
        {
            world.World.RunFor(1_000);
            StoreAnswer answer = world.Echo("x");
            world.Await(answer);
            answer.Status.ShouldBe(RedisStatus.Ok);
        }

        world.World.RunFor(21_000);
        isRetired.ShouldBeTrue();
        world.World.AssertClean();
    }
}
