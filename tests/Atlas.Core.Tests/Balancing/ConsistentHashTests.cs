using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class ConsistentHashTests
{
    private const int Keys = 20_000;

    private static readonly ulong[] Hashes = [.. Enumerable.Range(0, Keys).Select(key => KeyHash.OfName($"key {key}"))];

    [Fact]
    public void Pick_SameKey_GoesToTheSameServerWhateverTheOrder() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int).Sample(
            (servers, seed) =>
            {
                BalancedServer[] inOrder = Servers(servers);
                BalancedServer[] shuffled = Servers(servers);
                new Random(seed).Shuffle(shuffled);
                Balancer one = Pool(inOrder).Current;
                Balancer other = Pool(shuffled).Current;

                return Hashes.All(key => inOrder[Pick(one, key)].Name == shuffled[Pick(other, key)].Name);
            },
            iter: 10);

    [Fact]
    public void Pick_ServerDown_MovesItsKeysOnlyAndBringsThemBack() =>
        Gen.Select(Gen.Int[2, 100], Gen.Int[0, 99]).Sample(
            (count, draw) =>
            {
                BalancedServer[] servers = Servers(count);
                PoolBalancer pool = Pool(servers, panic: 0);
                int[] before = PickAll(pool.Current);
                int down = draw % count;

                servers[down].IsUp = false;
                pool.Refresh(0);
                int[] meanwhile = PickAll(pool.Current);
                servers[down].IsUp = true;
                pool.Refresh(0);
                int[] after = PickAll(pool.Current);

                bool onlyItsOwnMoved = before.Zip(meanwhile).All(pair => pair.First == down ? pair.Second != down : pair.First == pair.Second);
                return onlyItsOwnMoved && after.SequenceEqual(before);
            },
            iter: 10);

    [Fact]
    public void Pick_ServerDown_SpreadsItsKeysOverTheOthers()
    {
        BalancedServer[] servers = Servers(5);
        PoolBalancer pool = Pool(servers);
        int[] before = PickAll(pool.Current);
        servers[2].IsUp = false;

        pool.Refresh(0);

        int[] heirs = [.. PickAll(pool.Current).Where((_, key) => before[key] == 2)];
        foreach (int heir in (int[])[0, 1, 3, 4])
        {
            heirs.Count(server => server == heir).ShouldBeInRange(heirs.Length / 5, heirs.Length * 3 / 10);
        }
    }

    [Theory]
    [InlineData(AdminState.Drain)]
    [InlineData(AdminState.Maintenance)]
    public void Pick_ServerTakenOut_GetsNoKey(AdminState state)
    {
        BalancedServer[] servers = Servers(3);
        PoolBalancer pool = Pool(servers);
        servers[1].Admin = state;

        pool.Refresh(0);

        PickAll(pool.Current).Distinct().Order().ShouldBe([0, 2]);
    }

    [Fact]
    public void Pick_Retries_AskEveryServerOnce()
    {
        Balancer balancer = Pool(Servers(16)).Current;
        var tried = new List<int>();
        for (int server; (server = balancer.Pick(new PickRequest { Key = 7, HasKey = true, Excluded = tried.ToArray() })) >= 0;)
        {
            tried.Add(server);
        }

        tried.Order().ShouldBe(Enumerable.Range(0, 16));
    }

    [Fact]
    public void Pick_AllTriedOrFull_SaysWhich()
    {
        BalancedServer[] servers = Servers(2);
        servers[0].Configure(new ServerConfig { MaxConnections = 1 });
        servers[0].TryBegin();
        Balancer balancer = Pool(servers).Current;

        balancer.Pick(new PickRequest { Key = 7, HasKey = true, Excluded = [1] }).ShouldBe(Balancer.Full);
        balancer.Pick(new PickRequest { Key = 7, HasKey = true, Excluded = [0, 1] }).ShouldBe(Balancer.None);
    }

    [Fact]
    public void Pick_AlmostAllDown_FindsThoseLeftEvenly()
    {
        BalancedServer[] servers = Servers(1_000);
        foreach (BalancedServer server in servers[4..])
        {
            server.IsUp = false;
        }

        int[] counts = CountsOf(PickAll(Pool(servers, panic: 0).Current), 1_000);

        counts[..4].ShouldAllBe(count => Math.Abs(count - (Keys / 4)) < Keys / 40);
    }

    [Fact]
    public void Pick_NoServerUsable_SaysNone()
    {
        BalancedServer[] servers = Servers(2);
        servers[0].Weight = 0;
        servers[1].Weight = 0;

        Pick(Pool(servers).Current, 7).ShouldBe(Balancer.None);
    }

    [Fact]
    public void Pick_OnlyBackupsUsable_SpreadsOverThem()
    {
        BalancedServer[] servers = Servers(4);
        foreach (int backup in (int[])[1, 3])
        {
            servers[backup].Configure(new ServerConfig { Backup = true });
        }

        PoolBalancer pool = Pool(servers);
        PickAll(pool.Current).Distinct().Order().ShouldBe([0, 2]);
        servers[0].IsUp = false;
        servers[2].IsUp = false;

        pool.Refresh(0);

        int[] counts = CountsOf(PickAll(pool.Current), 4);
        counts[1].ShouldBeInRange(Keys * 48 / 100, Keys * 52 / 100);
        counts[3].ShouldBe(Keys - counts[1]);
    }

    [Fact]
    public void Pick_Panic_GoesByKeyWhateverTheHealth()
    {
        BalancedServer[] servers = Servers(4);
        PoolBalancer pool = Pool(servers);
        int[] before = PickAll(pool.Current);
        foreach (BalancedServer server in servers[1..])
        {
            server.IsUp = false;
        }

        pool.Refresh(0);

        pool.Current.Roster.Group.ShouldBe(RosterGroup.Panic);
        PickAll(pool.Current).ShouldBe(before);
    }

    [Fact]
    public void Pick_NoKey_GoesByTheRandomBits()
    {
        Balancer balancer = Pool(Servers(5)).Current;
        var random = new Random(1);

        int[] picks = [.. Enumerable.Range(0, Keys).Select(_ => balancer.Pick(new PickRequest { Random = (ulong)random.NextInt64() << 1 }))];

        CountsOf(picks, 5).ShouldAllBe(count => Math.Abs(count - (Keys / 5)) < Keys / 50);
    }

    [Fact]
    public void Pick_UnequalWeights_SharesKeysByThem()
    {
        BalancedServer[] servers = Servers(3);
        servers[0].Weight = 5;
        servers[1].Weight = 3;
        servers[2].Weight = 2;

        int[] counts = CountsOf(PickAll(Pool(servers).Current), 3);

        counts.Select(count => (double)count / Keys).ToArray()
            .ShouldSatisfyAllConditions(s => s[0].ShouldBe(0.5, 0.01), s => s[1].ShouldBe(0.3, 0.01), s => s[2].ShouldBe(0.2, 0.01));
    }

    [Fact]
    public void Refresh_HealthOnly_KeepsTheTableAndWeightsMakeANewOne()
    {
        BalancedServer[] servers = Servers(3);
        var tables = new MaglevTables(servers, previous: null);
        Maglev first = tables.For(RosterGroup.Primary);
        servers[0].IsUp = false;

        tables.For(RosterGroup.Panic).ShouldBeSameAs(first);
        new MaglevTables(servers, tables).For(RosterGroup.Primary).ShouldBeSameAs(first);
        servers[0].Weight = 2;
        tables.For(RosterGroup.Primary).ShouldNotBeSameAs(first);
    }

    [Fact]
    public void Refresh_WeightOfAServerThatIsDown_CountsAsOnANodeThatStarts()
    {
        BalancedServer[] servers = Servers(5);
        servers[2].IsUp = false;
        PoolBalancer pool = Pool(servers);
        servers[2].Weight = 7;

        pool.Refresh(0).ShouldBeTrue();

        PickAll(pool.Current).ShouldBe(PickAll(Pool(servers).Current));
        pool.Refresh(0).ShouldBeFalse();
    }

    [Fact]
    public void Pick_Bounded_NeverPutsAServerAboveItsShareTimesTheFactor() =>
        Gen.Select(Gen.Int[1, 8].Array[2, 40], Gen.Int[105, 300], Gen.Int).Sample(
            (weights, percent, seed) =>
            {
                BalancedServer[] servers = Servers(weights.Length);
                foreach ((int i, int weight) in weights.Index())
                {
                    servers[i].Weight = weight;
                }

                Balancer balancer = Pool(servers, bound: percent).Current;
                var random = new Random(seed);
                for (int begun = 1; begun <= 500; begun++)
                {
                    // A third of the requests are for one key.
                    ulong key = random.Next(3) == 0 ? 7 : (ulong)random.NextInt64() << 1;
                    int index = Pick(balancer, key);
                    servers[index].Begin();

                    // Requests are whole: the last one may be above by a part of itself.
                    if (100L * (servers[index].Active - 1) * weights.Sum() >= (long)percent * begun * weights[index])
                    {
                        return false;
                    }
                }

                return true;
            },
            iter: 15);

    [Fact]
    public void Pick_BoundedButIdle_GoesWhereUnboundedGoes()
    {
        BalancedServer[] servers = Servers(10);

        PickAll(Pool(servers, bound: 125).Current).ShouldBe(PickAll(Pool(servers).Current));
    }

    private static BalancedServer[] Servers(int count) => [.. Enumerable.Range(0, count).Select(i => new BalancedServer($"10.0.0.{i}:80"))];

    private static PoolBalancer Pool(BalancedServer[] servers, double panic = 0.5, int bound = 0) =>
        new(BalanceAlgorithm.ConsistentHash, servers, new RosterOptions(panic, 0, bound), previous: null, nowMs: 0);

    private static int Pick(Balancer balancer, ulong key) => balancer.Pick(new PickRequest { Key = key, HasKey = true });

    private static int[] PickAll(Balancer balancer) =>
        [.. Hashes.Select(key => Pick(balancer, key))];

    private static int[] CountsOf(int[] picks, int servers)
    {
        int[] counts = new int[servers];
        foreach (int pick in picks)
        {
            counts[pick]++;
        }

        return counts;
    }
}
