using Atlas.Proxy.Stores;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>Whole runs from a seed: a server that stops, slows, closes, refuses and comes back, and callers that come and leave.</summary>
public sealed class RedisRandomTests
{
    private const int Runs = 150;
    private const int Steps = 120;

    [Fact]
    public void RunAsync_WhateverHappens_EachCallEndsInTimeWithItsOwnReplyOrNone()
    {
        for (int seed = 1; seed <= Runs; seed++)
        {
            Run(seed);
        }
    }

    [Fact]
    public void RunAsync_ServerSendsWhateverItLikes_EachCallEndsInTimeAndNothingIsLeft()
    {
        for (int seed = 1; seed <= Runs; seed++)
        {
            var random = new Random(seed);
            var world = new StoreWorld(seed, SimulationOptions.Rough, new RedisOptions { TimeoutMs = 20 });
            world.Redis.Answer = _ => random.Next(3) == 0 ? null : Noise(random);
            var answers = new List<StoreAnswer>();
            for (int step = 0; step < Steps; step++)
            {
                answers.Add(world.Echo("x", isIdempotent: random.Next(2) == 0));
                world.World.RunFor(random.Next(200));
            }

            world.World.RunFor(1_000);
            answers.ShouldAllBe(answer => answer.Status != null && answer.TookMs <= 20, $"seed {seed}");
            world.Redis.Answer = _ => null;
            world.World.RunFor(15_000);
            world.Store.Health.ShouldBe(StoreHealth.Up, $"seed {seed}");
            world.End();
        }
    }

    private static string Noise(Random random)
    {
        const string alphabet = "+-:$*0123456789\r\naZ";
        string[] replies = ["+OK\r\n", "-MOVED 1 10.0.0.1:6379\r\n", "-ASK 1 10.0.0.1:6379\r\n", "-NOSCRIPT\r\n", "$-1\r\n", "*2\r\n:1\r\n", "+a\r\n+b\r\n"];
        return random.Next(2) == 0
            ? replies[random.Next(replies.Length)]
            : string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => alphabet[random.Next(alphabet.Length)]));
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var world = new StoreWorld(seed, random.Next(2) == 0 ? SimulationOptions.Rough : SimulationOptions.Calm, new RedisOptions { TimeoutMs = 20 });
        var answers = new List<(StoreAnswer Answer, string Text)>();
        for (int step = 0; step < Steps; step++)
        {
            Step(world, random, answers);
            world.World.RunFor(random.Next(4) == 0 ? random.Next(1_500) : random.Next(8));
        }

        world.Listener.Refuses = false;
        world.Listener.IsSilent = false;
        world.Redis.DelayMs = 0;
        world.Redis.GoOn();
        world.World.RunFor(3_000);
        foreach ((StoreAnswer answer, string text) in answers)
        {
            answer.Status.ShouldNotBeNull($"seed {seed}: {text}");
            answer.TookMs.ShouldBeLessThanOrEqualTo(20, $"seed {seed}: {text}");
            if (answer.Status == RedisStatus.Ok)
            {
                answer.Text.ShouldBe(text, $"seed {seed}");
            }
        }

        StoreAnswer last = world.Echo("last");
        world.Await(last);
        last.Status.ShouldBe(RedisStatus.Ok, $"seed {seed}");
        world.Store.Health.ShouldBe(StoreHealth.Up, $"seed {seed}");
        world.End();
    }

    private static void Step(StoreWorld world, Random random, List<(StoreAnswer Answer, string Text)> answers)
    {
        switch (random.Next(20))
        {
            case < 12:
                for (int i = random.Next(1, 30); i > 0; i--)
                {
                    string text = $"t{answers.Count}".PadRight(random.Next(1, 400), 'x');
                    answers.Add((world.Echo(text, isIdempotent: random.Next(2) == 0), text));
                }

                break;
            case 12:
                world.Redis.IsStopped = true;
                break;
            case 13 or 14:
                world.Redis.GoOn();
                break;
            case 15:
                world.Redis.CloseAll(reset: random.Next(2) == 0);
                break;
            case 16:
                world.Listener.Refuses = random.Next(2) == 0;
                break;
            case 17:
                world.Redis.DelayMs = random.Next(3) == 0 ? random.Next(60) : 0;
                break;
            case 18:
                world.Listener.IsSilent = random.Next(3) == 0;
                break;
            default:
                StoreAnswer? some = answers.Count > 0 ? answers[random.Next(answers.Count)].Answer : null;
                if (some is { Status: null })
                {
                    some.Call.Cancel();
                }

                break;
        }
    }
}
