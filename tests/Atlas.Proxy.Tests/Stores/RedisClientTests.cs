using Atlas.Proxy.Stores;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Stores;

public sealed class RedisClientTests
{
    [Fact]
    public void RunAsync_FirstCall_WaitsForTheConnection()
    {
        var world = new StoreWorld();
        StoreAnswer answer = world.Echo("hello");
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.Ok);
        answer.Text.ShouldBe("hello");
        world.Redis.All.ShouldBe(["CLIENT SETNAME atlas", "PING", "ECHO hello"]);
        world.Changes.ShouldBe(["Up"]);
        world.End();
    }

    [Fact]
    public void RunAsync_CallsOfOneTurn_LeaveInOnePieceAndAreAnsweredInOrder()
    {
        var world = new StoreWorld();
        world.Connect();
        int pieces = world.Redis.Pieces;
        StoreAnswer[] answers = [.. Enumerable.Range(0, 100).Select(i => world.Echo($"a{i}"))];
        world.Await(answers);

        world.Redis.Pieces.ShouldBe(pieces + 1);
        answers.ShouldAllBe(answer => answer.Status == RedisStatus.Ok);
        answers.Select(answer => answer.Text).ShouldBe(Enumerable.Range(0, 100).Select(i => $"a{i}"));
        world.Store.Metrics!.Results(RedisStatus.Ok).ShouldBe(100);
        world.End();
    }

    [Fact]
    public void RunAsync_RoughNetwork_EachGetsItsOwnReply()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            var world = new StoreWorld(seed, SimulationOptions.Rough, new RedisOptions { TimeoutMs = 5_000 });
            world.Connect();
            StoreAnswer[] answers = [.. Enumerable.Range(0, 60).Select(i => world.Echo(new string((char)('a' + (i % 26)), i * 40)))];
            world.Await(answers);
            answers.ShouldAllBe(answer => answer.Status == RedisStatus.Ok);
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i].Text.ShouldBe(new string((char)('a' + (i % 26)), i * 40), $"seed {seed}");
            }

            world.End();
        }
    }

    [Fact]
    public void RunAsync_SeveralCommands_GiveAllReplies()
    {
        var world = new StoreWorld();
        world.Redis.Answer = command => command switch
        {
            "INCR k" => ":7\r\n",
            "EXPIRE k 5" => ":1\r\n",
            "GET k" => "$-1\r\n",
            _ => null,
        };
        RedisCall call = world.Connect().Rent();
        call.Command(2).Part("INCR"u8).Key("k"u8);
        call.Command(3).Part("EXPIRE"u8).Key("k"u8).Part(5);
        call.Command(2).Part("GET"u8).Key("k"u8);
        StoreAnswer answer = world.Run(call);
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.Ok);
        answer.Text.ShouldBe("7 1 ");
        world.End();
    }

    [Fact]
    public void RunAsync_ErrorReply_FailsWithItsText()
    {
        var world = new StoreWorld();
        world.Redis.Answer = command => command == "GET k" ? "-WRONGTYPE Operation\r\n" : null;
        RedisCall call = world.Connect().Rent();
        call.Command(2).Part("ECHO"u8).Part("a"u8);
        call.Command(2).Part("GET"u8).Key("k"u8);
        call.Command(2).Part("ECHO"u8).Part("b"u8);
        StoreAnswer answer = world.Run(call);
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.Failed);
        answer.ErrorText.ShouldBe("WRONGTYPE Operation");
        answer.Text.ShouldBe("a WRONGTYPE Operation b");
        world.Store.Health.Condition.ShouldBe(StoreCondition.Up);
        world.End();
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(20_000)]
    [InlineData(200_000)]
    public void RunAsync_LargeValues_GoThroughWhole(int length)
    {
        var world = new StoreWorld(1, SimulationOptions.Calm, new RedisOptions { TimeoutMs = 1_000 });
        world.Connect();
        string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23))));
        StoreAnswer large = world.Echo(text);
        StoreAnswer small = world.Echo("small");
        world.Await(large, small);

        large.Text.ShouldBe(text);
        small.Text.ShouldBe("small");
        world.End();
    }

    [Fact]
    public void RunAsync_CommandPastTheLimit_FailsAlone()
    {
        var world = new StoreWorld();
        world.Connect();
        StoreAnswer large = world.Echo(new string('a', RedisCall.MaxBytes));
        StoreAnswer small = world.Echo("small");
        world.Await(large, small);

        large.Status.ShouldBe(RedisStatus.Failed);
        large.ErrorText.ShouldBe("the commands are longer than 262144 bytes, or there is no memory for them");
        small.Status.ShouldBe(RedisStatus.Ok);
        world.End();
    }

    [Fact]
    public void RunAsync_ReplyPastTheLimit_FailsAlone()
    {
        var world = new StoreWorld(1, SimulationOptions.Calm, new RedisOptions { TimeoutMs = 1_000 });
        world.Connect();
        world.Redis.Answer = command => command == "ECHO much" ? $"$300000\r\n{new string('x', 300_000)}\r\n" : null;
        StoreAnswer large = world.Echo("much");
        StoreAnswer small = world.Echo("small");
        world.Await(large, small);

        large.Status.ShouldBe(RedisStatus.Failed);
        large.ErrorText.ShouldBe("the reply is longer than 262144 bytes");
        small.Text.ShouldBe("small");
        world.End();
    }

    [Fact]
    public void RunAsync_MoreCallsThanMayBeUnderWay_RestIsUnavailable()
    {
        var world = new StoreWorld(1, SimulationOptions.Calm, new RedisOptions { TimeoutMs = 1_000 });
        world.Connect();
        StoreAnswer[] answers = [.. Enumerable.Range(0, RedisQueue.Max + 10).Select(i => world.Echo("x"))];

        answers.Count(answer => answer.Status == RedisStatus.Unavailable).ShouldBe(10);
        world.Await(answers);
        answers.Count(answer => answer.Status == RedisStatus.Ok).ShouldBe(RedisQueue.Max);
        world.End();
    }

    [Fact]
    public void RunAsync_MoreBytesThanMayWait_RestIsUnavailable()
    {
        var world = new StoreWorld(1, SimulationOptions.Calm, new RedisOptions { TimeoutMs = 1_000 });
        world.Connect();
        StoreAnswer[] answers = [.. Enumerable.Range(0, 12).Select(i => world.Echo(new string('x', 100_000)))];

        answers.Count(answer => answer.Status == RedisStatus.Unavailable).ShouldBe(2);
        world.Await(answers);
        answers.Count(answer => answer.Status == RedisStatus.Ok).ShouldBe(10);
        world.End();
    }

    [Fact]
    public void RunAsync_ScriptThatRedisDoesNotKnow_IsSentWholeOnce()
    {
        var world = new StoreWorld();
        var script = new RedisScript("return ARGV[1]");
        bool isKnown = false;
        world.Redis.Answer = command =>
        {
            isKnown |= command.StartsWith("EVAL ", StringComparison.Ordinal);
            return command.StartsWith("EVALSHA ", StringComparison.Ordinal) && !isKnown ? "-NOSCRIPT No matching script.\r\n" : null;
        };
        world.Connect();
        StoreAnswer first = Call();
        world.Await(first);
        StoreAnswer second = Call();
        world.Await(second);

        first.Text.ShouldBe("argument");
        second.Text.ShouldBe("argument");
        const string hash = "098e0f0d1448c0a81dafe820f66d460eb09263da";
        world.Redis.Commands.ShouldBe([
            $"EVALSHA {hash} 1 k argument",
            "EVAL return ARGV[1] 1 k argument",
            $"EVALSHA {hash} 1 k argument",
        ]);
        world.End();

        StoreAnswer Call()
        {
            RedisCall call = world.Client.Rent();
            call.Script(script, 1).Key("k"u8).Part("argument"u8);
            return world.Run(call);
        }
    }

    [Fact]
    public void Send_NobodyWaits_IsGivenBackByItself()
    {
        var world = new StoreWorld();
        var script = new RedisScript("return 1");
        RedisClient client = world.Connect();
        world.Redis.Answer = command => command.StartsWith("EVALSHA ", StringComparison.Ordinal) ? "-NOSCRIPT\r\n" : null;
        RedisCall call = client.Rent();
        call.Command(2).Part("ECHO"u8).Part("x"u8);
        client.Send(call);
        RedisCall other = client.Rent();
        other.Script(script, 0).Key("k"u8);
        client.Send(other);
        world.World.RunFor(10);

        world.Redis.Commands.Select(command => command.Split(' ')[0]).ShouldBe(["ECHO", "EVALSHA", "EVAL"]);
        world.Store.Metrics!.Results(RedisStatus.Ok).ShouldBe(2);
        world.Loop.Buffers.Lent.ShouldBe(0);
        world.End();
    }

    [Fact]
    public void RunAsync_CallerLeaves_EndsAtOnceAndTheReplyIsPassedOver()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.DelayMs = 3;
        StoreAnswer left = world.Echo("left");
        StoreAnswer stays = world.Echo("stays");
        world.World.RunFor(1);
        left.Call.Cancel();

        left.Status.ShouldBe(RedisStatus.Cancelled);
        left.TookMs.ShouldBe(1);
        world.Await(stays);
        stays.Text.ShouldBe("stays");
        world.Store.Health.Condition.ShouldBe(StoreCondition.Up);
        world.End();
    }

    [Fact]
    public void RunAsync_CallersDeadline_IsTheEndIfItIsSooner()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.IsStopped = true;
        StoreAnswer answer = world.Echo("x", deadlineMs: world.World.NowMs + 2);
        world.Await(answer);

        answer.Status.ShouldBe(RedisStatus.TimedOut);
        answer.TookMs.ShouldBe(2);
        world.End();
    }

    [Fact]
    public void RunAsync_LoopEnds_CallsAreCancelled()
    {
        var world = new StoreWorld();
        world.Connect();
        world.Redis.IsStopped = true;
        StoreAnswer answer = world.Echo("x");
        world.World.RunFor(1);
        world.Loop.End();

        answer.Status.ShouldBe(RedisStatus.Cancelled);
        world.Redis.CloseAll();
        world.World.RunFor(10_000);
        world.World.AssertClean();
    }
}
