using System.Buffers.Binary;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using CsCheck;

namespace Atlas.Core.Tests.RateLimiting;

public sealed class RateLimitTableTests
{
    private const long SecondUs = 1_000_000;
    private const long StartUs = 1_000 * SecondUs;

    private static readonly Gcra TenPerSecond = new(new Rate(10, 1_000), burst: 10);

    [Fact]
    public void Decide_ManyClients_EachHasABucketOfItsOwn() =>
        Gen.Select(GcraTests.Rates, Gen.Int[1, 20], Gen.Select(Gen.Int[0, 9], Gen.Long[0, 50_000]).Array[1, 300])
            .Sample((rate, burst, requests) =>
            {
                var table = new RateLimitTable(new Gcra(rate, burst), seed: 1);
                var buckets = new Dictionary<int, TokenBucket>();
                long nowUs = StartUs;
                foreach ((int client, long stepUs) in requests)
                {
                    nowUs += stepUs;
                    TokenBucket bucket = buckets.TryGetValue(client, out TokenBucket? known) ? known : buckets[client] = new TokenBucket(rate, burst);
                    RateDecision decision = Decide(table, client, nowUs, out bool hasEvicted);
                    decision.IsAllowed.ShouldBe(bucket.TryTake(nowUs));
                    decision.Remaining.ShouldBe(bucket.Remaining);
                    hasEvicted.ShouldBeFalse();
                }
            });

    [Fact]
    public void Decide_ManyThreadsOneClient_AllowsExactlyTheBurst()
    {
        const int Threads = 4;
        for (int round = 0; round < 200; round++)
        {
            var table = new RateLimitTable(new Gcra(new Rate(1, 3_600_000), burst: 500), seed: round, entries: RateLimitTable.Ways);
            int allowed = 0;
            using var start = new Barrier(Threads);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                int mine = 0;
                for (int i = 0; i < 300; i++)
                {
                    mine += Decide(table, 7, StartUs, out bool _).IsAllowed ? 1 : 0;
                }

                Interlocked.Add(ref allowed, mine);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            allowed.ShouldBe(500);
        }
    }

    [Fact]
    public void Decide_ClientsWhoseTimePassed_MakeRoomWithoutLoss()
    {
        var table = new RateLimitTable(TenPerSecond, seed: 1, entries: RateLimitTable.Ways);
        long nowUs = StartUs;
        for (int client = 0; client < 1_000; client++)
        {
            nowUs += SecondUs / 10;
            Decide(table, client, nowUs, out bool hasEvicted).ShouldBe(new RateDecision(true, 9, 0, 100_000));
            hasEvicted.ShouldBeFalse();
        }
    }

    /// <summary>Who has used up a burst stays refused, however many others come meanwhile.</summary>
    [Fact]
    public void Decide_FloodOfOtherClients_LiftsNoLimit()
    {
        const int Entries = 1 << 10;
        var table = new RateLimitTable(TenPerSecond, seed: 1, Entries);
        while (Decide(table, -1, StartUs, out bool _).IsAllowed)
        {
        }

        int evicted = 0;
        for (int client = 0; client < 50 * Entries; client++)
        {
            Decide(table, client, StartUs, out bool hasEvicted).IsAllowed.ShouldBeTrue("a newcomer is not refused");
            evicted += hasEvicted ? 1 : 0;
        }

        evicted.ShouldBe((50 * Entries) - (Entries - 1));
        Decide(table, -1, StartUs, out bool isNew).ShouldBe(new RateDecision(false, 0, 100_000, SecondUs));
        isNew.ShouldBeFalse();
    }

    [Fact]
    public void Decide_FullSet_TakesTheOneNearestToItsEnd()
    {
        var table = new RateLimitTable(TenPerSecond, seed: 1, entries: RateLimitTable.Ways);
        for (int client = 0; client < RateLimitTable.Ways; client++)
        {
            Use(table, client, times: 2 + ((client + 5) % RateLimitTable.Ways));
        }

        // The third has used two, the least.
        Decide(table, 100, StartUs, out bool hasEvicted).Remaining.ShouldBe(9);
        hasEvicted.ShouldBeTrue();
        for (int client = 0; client < RateLimitTable.Ways; client++)
        {
            if (client != 3)
            {
                Decide(table, client, StartUs, out bool isNew).Remaining.ShouldBe(Math.Max(10 - 3 - ((client + 5) % RateLimitTable.Ways), 0));
                isNew.ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Decide_ClockOfAnotherWorkerIsBehind_GivesNoMore()
    {
        var table = new RateLimitTable(TenPerSecond, seed: 1);
        Use(table, 1, times: 10);

        Decide(table, 1, StartUs - (SecondUs / 2), out bool _).ShouldBe(new RateDecision(false, 0, 100_000, SecondUs));
        Decide(table, 1, StartUs + 99_999, out bool _).IsAllowed.ShouldBeFalse();
        Decide(table, 1, StartUs + 100_000, out bool _).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Decide_ClockWentBackFar_BeginsAnew()
    {
        var table = new RateLimitTable(TenPerSecond, seed: 1);
        Use(table, 1, times: 10);

        Decide(table, 1, StartUs - (500 * SecondUs), out bool _).ShouldBe(new RateDecision(true, 9, 0, 100_000));
    }

    [Fact]
    public void With_OtherLimit_KeepsWhatWasUsed()
    {
        var table = new RateLimitTable(TenPerSecond, seed: 1);
        Use(table, 1, times: 10);
        Use(table, 2, times: 3);

        RateLimitTable faster = table.With(new Gcra(new Rate(20, 1_000), burst: 10), StartUs);
        RateLimitTable slower = table.With(new Gcra(new Rate(7, 60_000), burst: 10), StartUs);

        // A second is more than a burst of the faster one: the client waits for one interval of it.
        Decide(faster, 1, StartUs, out bool _).ShouldBe(new RateDecision(false, 0, 50_000, 500_000));
        Decide(faster, 2, StartUs, out bool _).ShouldBe(new RateDecision(true, 3, 0, 350_000));
        Decide(faster, 3, StartUs, out bool _).Remaining.ShouldBe(9);
        Decide(slower, 1, StartUs, out bool _).ResetUs.ShouldBe(SecondUs + 8_571_429);
    }

    [Fact]
    public void Decide_AllocatesNothing()
    {
        var table = new RateLimitTable(TenPerSecond, seed: 1, entries: 64);
        int client = 0;

        Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                Decide(table, client++, StartUs, out bool _);
            }
        }).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(24)]
    public void Constructor_EntriesThatMakeNoSets_AreRefused(int entries) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RateLimitTable(TenPerSecond, seed: 1, entries));

    private static void Use(RateLimitTable table, int client, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Decide(table, client, StartUs, out bool _).IsAllowed.ShouldBeTrue();
        }
    }

    private static RateDecision Decide(RateLimitTable table, int client, long nowUs, out bool hasEvicted)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(key, client);
        return table.Decide(key, nowUs, out hasEvicted);
    }
}
