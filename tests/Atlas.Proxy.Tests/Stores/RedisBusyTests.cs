using Atlas.Proxy.Stores;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>Workers whose turns take longer than a store's timeout, and calls that are given up before they are sent.</summary>
public sealed class RedisBusyTests
{
    private const int TurnMs = 20;

    [Fact]
    public void RunAsync_TurnsLongerThanTheTimeout_CallsAreAnswered()
    {
        var world = new StoreWorld();
        world.Connect();
        var answers = new List<StoreAnswer>();
        for (int i = 0; i < 50; i++)
        {
            world.World.After(0, () =>
            {
                answers.Add(world.Echo("x"));
                world.World.Spend(TurnMs);
            });
            world.World.RunFor(TurnMs + 10);
        }

        answers.ShouldAllBe(answer => answer.Status == RedisStatus.Ok);
        world.Changes.ShouldBe(["Up"]);
        world.End();
    }

    [Fact]
    public void RunAsync_TimersRunBeforeTheFlush_CallIsSentAndAnswered()
    {
        var world = new StoreWorld();
        world.Connect();
        StoreAnswer answer = world.Echo("x");
        world.World.Spend(TurnMs);
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.Ok);
        world.End();
    }

    [Fact]
    public void RunAsync_RedisStoppedAndTurnsLong_TimesOutOnceTheTimeSinceTheFlushIsOver()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.IsStopped = true;
        StoreAnswer? answer = null;
        world.World.After(0, () =>
        {
            answer = world.Echo("x");
            world.World.Spend(TurnMs);
        });
        world.World.Run(() => answer?.Status is not null, 1_000);

        answer!.Status.ShouldBe(RedisStatus.TimedOut);
        answer.TookMs.ShouldBe(TurnMs + 5);
        world.End();
    }

    [Fact]
    public void RunAsync_AnswersAtHandWhenTheTimeIsUp_AreTaken()
    {
        var world = new StoreWorld(1, SimulationOptions.Calm with { Window = 1 << 20 });
        world.Connect();
        string reply = $"${20_000}\r\n{new string('x', 20_000)}\r\n";
        world.Redis.IsStopped = true;
        world.Redis.Answer = command => command.StartsWith("ECHO", StringComparison.Ordinal) ? reply : null;
        StoreAnswer[] answers = [.. Enumerable.Range(0, 30).Select(_ => world.Echo("x"))];

        // The turn that finds them is the one at which their time is up, and they are more than one turn reads.
        world.World.After(4, () =>
        {
            world.Redis.GoOn();
            world.World.Spend(2);
        });
        world.Await(answers);

        answers.ShouldAllBe(answer => answer.Status == RedisStatus.Ok);
        world.End();
    }

    [Fact]
    public void Connect_OneTurnLongerThanTheTimeout_IsNotSlow()
    {
        // Whichever it is: that of the greeting's flush is among them.
        for (int turn = 0; turn < 10; turn++)
        {
            var world = new StoreWorld();
            _ = world.Client;
            SpendIn(world, turn);
            world.World.RunFor(100);

            world.Changes.ShouldBe(["Up"], $"turn {turn}");
            world.End();
        }
    }

    [Fact]
    public void RunAsync_CallerLeavesBeforeTheFlush_NothingIsSent()
    {
        var world = new StoreWorld();
        world.Connect();
        StoreAnswer first = world.Echo("first");
        StoreAnswer left = world.Echo("left");
        StoreAnswer last = world.Echo("last");
        left.Call.Cancel();
        world.Await(first, left, last);

        left.Status.ShouldBe(RedisStatus.Cancelled);
        (first.Text, last.Text).ShouldBe(("first", "last"));
        world.Redis.Commands.ShouldBe(["ECHO first", "ECHO last"]);
        world.End();
    }

    [Fact]
    public void RunAsync_CallsTimeOutWhileRedisTakesNothing_AreNotRunLater()
    {
        var world = new StoreWorld(1, SimulationOptions.Calm with { Window = 4_096 });
        world.Connect();
        world.Redis.TakesNothing = true;
        StoreAnswer[] answers = [.. Enumerable.Range(0, 40).Select(i => world.Echo($"{i}".PadRight(2_000)))];
        world.Await(answers);
        answers.ShouldAllBe(answer => answer.Status == RedisStatus.TimedOut);
        world.Redis.TakesNothing = false;
        StoreAnswer next = world.Echo("next");
        world.Await(next);

        next.Text.ShouldBe("next");

        // What one send was given is on its way; of the rest nothing is.
        world.Redis.Commands.Count.ShouldBeInRange(3, 10);
        world.End();
    }

    private static void SpendIn(StoreWorld world, int turn) => world.World.After(0, () =>
    {
        if (turn == 0)
        {
            world.World.Spend(TurnMs);
        }
        else
        {
            SpendIn(world, turn - 1);
        }
    });
}
