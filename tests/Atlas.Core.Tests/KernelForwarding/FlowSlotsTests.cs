using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.KernelForwarding;
using Atlas.Core.Tests.Balancing;
using CsCheck;

namespace Atlas.Core.Tests.KernelForwarding;

public sealed class FlowSlotsTests
{
    private static readonly BalanceAlgorithm[] Possible = [.. Pools.Algorithms.Where(FlowSlots.CanBalance)];
    private static readonly BalanceAlgorithm[] Sharing = [.. Possible.Where(algorithm => algorithm != BalanceAlgorithm.First)];

    [Fact]
    public void Of_AnyPool_CoversEverySlotOnceWithMembersOfTheRoster() =>
        Gen.Select(Pools.Any, Gen.Int[0, Possible.Length - 1].Select(i => Possible[i]), Gen.ULong).Sample(
            (servers, algorithm, turn) =>
            {
                Roster roster = Pools.Of(algorithm, servers).Current.Roster;
                var slots = FlowSlots.Of(algorithm, roster, servers, turn);

                int next = 0;
                bool areRunsInARow = slots.Runs.All(run => run.First == next && (next = run.Last + 1) > run.First);
                return areRunsInARow && next == slots.Size && (slots.Size > 0) == !roster.Members.IsEmpty
                    && slots.Runs.All(run => roster.Weights[run.Server] > 0);
            },
            iter: 300);

    [Fact]
    public void Of_AnyPool_LeavesNoMemberOut() =>
        Gen.Select(Pools.Any.Select(Light), Gen.Int[0, Sharing.Length - 1].Select(i => Sharing[i])).Sample(
            (servers, algorithm) =>
            {
                Roster roster = Pools.Of(algorithm, servers).Current.Roster;
                var slots = FlowSlots.Of(algorithm, roster, servers, turn: 0);
                var served = slots.Runs.Select(run => run.Server).ToHashSet();

                return roster.Members.ToArray().All(served.Contains);
            },
            iter: 300);

    [Fact]
    public void Of_RoundRobinOfEqualWeights_TakesTheServersInTurn() =>
        Turns(Slots(BalanceAlgorithm.RoundRobin, Pools.Weighing(1, 1, 1))).ShouldBe([0, 1, 2]);

    [Fact]
    public void Of_RoundRobinOfSomeWeights_IsTheSmoothSequence() =>
        Turns(Slots(BalanceAlgorithm.RoundRobin, Pools.Weighing(5, 1, 1))).ShouldBe([0, 0, 1, 0, 2, 0, 0]);

    [Fact]
    public void Of_RoundRobinOfWeightsWithACommonDivisor_IsTheShortestRound() =>
        Turns(Slots(BalanceAlgorithm.RoundRobin, Pools.Weighing(300, 100))).ShouldBe([0, 0, 1, 0]);

    [Fact]
    public void Of_NextTable_BeginsElsewhereInTheSameRound() =>
        Gen.Select(Gen.Int[1, 20].Array[1, 20], Gen.ULong).Sample(
            (weights, turn) =>
            {
                BalancedServer[] servers = Pools.Weighing(weights);
                int[] first = Turns(Slots(BalanceAlgorithm.RoundRobin, servers));
                int[] next = Turns(Slots(BalanceAlgorithm.RoundRobin, servers, turn));

                return Enumerable.Range(0, first.Length).Any(by => next.SequenceEqual(first[by..].Concat(first[..by])));
            },
            iter: 100);

    [Fact]
    public void Of_AThousandTables_BeginAtEachServerAboutEquallyOften()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1, 1);

        int[] firsts = Pools.Counts(
            Enumerable.Range(0, 1_000).Select(turn => Slots(BalanceAlgorithm.RoundRobin, servers, (ulong)turn).At(0)), 4);

        firsts.ShouldAllBe(count => count >= 245 && count <= 255);
    }

    [Fact]
    public void Of_RoundRobinOfWeightsPastTheLongestRound_RoundsSharesToOneOfIt() =>
        Gen.Int[1, 65_535].Array[2, 50].Sample(
            weights =>
            {
                FlowSlots slots = Slots(BalanceAlgorithm.RoundRobin, Pools.Weighing(weights));
                int[] counts = Pools.Counts(Turns(slots), weights.Length);
                double total = weights.Sum(weight => (double)weight);

                // Rounding each moves the sum as well, by half a slot a server at most.
                double most = (1.5 + (weights.Length * 0.5)) / FlowSlots.MaxTurns;
                return slots.Size <= FlowSlots.MaxTurns + weights.Length
                    && counts.Zip(weights).All(pair => Math.Abs(((double)pair.First / slots.Size) - (pair.Second / total)) <= most);
            },
            iter: 100);

    [Fact]
    public void Of_RandomOfAnyWeights_HasExactShares() =>
        Gen.Int[1, 65_535].Array[1, 50].Sample(
            weights =>
            {
                FlowSlots slots = Slots(BalanceAlgorithm.Random, Pools.Weighing(weights));
                long total = weights.Sum(weight => (long)weight);

                return slots.Choice == FlowChoice.AtRandom
                    && slots.Runs.All(run => (long)(run.Last - run.First + 1) * total == (long)weights[run.Server] * slots.Size);
            },
            iter: 100);

    [Fact]
    public void Of_First_IsTheFirstMember()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1);
        servers[0].Admin = AdminState.Drain;

        FlowSlots slots = Slots(BalanceAlgorithm.First, servers);

        Turns(slots).ShouldBe([1]);
    }

    [Fact]
    public void Of_HashOfAnyWeights_GivesEachItsShareToWithinOneSlot() =>
        Gen.Int[1, 100].Array[2, 200].Sample(
            weights =>
            {
                FlowSlots slots = Slots(BalanceAlgorithm.IpHash, Pools.Weighing(weights));
                int[] counts = Pools.Counts(Turns(slots), weights.Length);
                double perWeight = (double)slots.Size / weights.Sum();

                return slots.Choice == FlowChoice.ByClient
                    && counts.Zip(weights).All(pair => Math.Abs(pair.First - (pair.Second * perWeight)) <= 1);
            },
            iter: 50);

    [Fact]
    public void Of_HashWithAServerDown_MovesItsSlotsOnlyAndBringsThemBack() =>
        Gen.Select(Gen.Int[2, 100], Gen.Int[0, 99]).Sample(
            (count, draw) =>
            {
                BalancedServer[] servers = Pools.Weighing([.. Enumerable.Repeat(1, count)]);
                int down = draw % count;
                int[] before = Turns(Slots(BalanceAlgorithm.ConsistentHash, servers));
                servers[down].IsUp = false;
                int[] meanwhile = Turns(Slots(BalanceAlgorithm.ConsistentHash, servers));
                servers[down].IsUp = true;
                int[] after = Turns(Slots(BalanceAlgorithm.ConsistentHash, servers));

                return before.Zip(meanwhile).All(pair => pair.First == down ? pair.Second != down : pair.First == pair.Second)
                    && after.SequenceEqual(before);
            },
            iter: 30);

    [Fact]
    public void Of_HashWithAServerDown_SpreadsItsSlotsOverTheOthers()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1, 1, 1);
        int[] before = Turns(Slots(BalanceAlgorithm.ConsistentHash, servers));
        servers[2].IsUp = false;
        int[] meanwhile = Turns(Slots(BalanceAlgorithm.ConsistentHash, servers));

        int[] heirs = Pools.Counts(before.Zip(meanwhile).Where(pair => pair.First == 2).Select(pair => pair.Second), 5);

        heirs[2].ShouldBe(0);
        heirs.Where((_, i) => i != 2).ShouldAllBe(count => count > 25 && count < 80);
    }

    [Fact]
    public void Of_HashWithoutAServer_MovesItsSlotsAndFewMore() =>
        Gen.Select(Gen.Int[2, 40], Gen.Int[0, 39]).Sample(
            (count, draw) =>
            {
                // A table's size follows the number of servers in steps: one that crosses a step moves more.
                BalancedServer[] servers = Pools.Weighing([.. Enumerable.Repeat(1, count)]);
                BalancedServer[] left = [.. servers.Where((_, i) => i != draw % count)];
                int[] before = Turns(Slots(BalanceAlgorithm.ConsistentHash, servers));
                int[] after = Turns(Slots(BalanceAlgorithm.ConsistentHash, left));
                double moved = before.Zip(after).Count(pair => servers[pair.First] != left[pair.Second]) / (double)before.Length;

                return before.Length != after.Length || moved <= (1.0 / count) + 0.06;
            },
            iter: 50);

    [Fact]
    public void Of_BackupsServing_HashesOverThem()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1);
        servers[2].Configure(new ServerConfig { Weight = 1, Backup = true });
        servers[0].IsUp = false;
        servers[1].IsUp = false;

        Slots(BalanceAlgorithm.IpHash, servers).Runs.ShouldHaveSingleItem().Server.ShouldBe(2);
    }

    [Fact]
    public void Of_MostServers_IsMadeOfNoMoreThanTheLargestTable()
    {
        const int most = 4_096;
        BalancedServer[] servers = Pools.Weighing([.. Enumerable.Range(0, most).Select(i => 1 + (i % 3))]);

        Slots(BalanceAlgorithm.IpHash, servers).Size.ShouldBe(16_381);
        Slots(BalanceAlgorithm.RoundRobin, Pools.Weighing([.. Enumerable.Repeat(1, most)])).Size.ShouldBe(most);
    }

    [Theory]
    [InlineData(BalanceAlgorithm.LeastConnections)]
    [InlineData(BalanceAlgorithm.LeastTime)]
    [InlineData(BalanceAlgorithm.PowerOfTwo)]
    public void Of_WhatTheKernelDoesNotKnow_Throws(BalanceAlgorithm algorithm) =>
        Should.Throw<ArgumentException>(() => Slots(algorithm, Pools.Weighing(1, 1)));

    private static FlowSlots Slots(BalanceAlgorithm algorithm, BalancedServer[] servers, ulong turn = 0)
    {
        var roster = Roster.Build(servers, new RosterOptions(PanicShare: 0, SlowStartMs: 0), nowMs: 0);
        return FlowSlots.Of(algorithm, roster, servers, turn);
    }

    private static int[] Turns(FlowSlots slots) => [.. Enumerable.Range(0, slots.Size).Select(slots.At)];

    /// <summary>The same servers without weights beside which others are next to nothing.</summary>
    private static BalancedServer[] Light(BalancedServer[] servers)
    {
        foreach (BalancedServer server in servers)
        {
            server.Weight = Math.Min(server.Weight, 1_999);
        }

        return servers;
    }
}
