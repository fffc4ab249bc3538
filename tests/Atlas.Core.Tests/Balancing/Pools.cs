using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

/// <summary>Pools for tests.</summary>
internal static class Pools
{
    /// <summary>Servers in any state: admin state, health, ejection, weight, backup, a limit of requests, requests under way
    /// and waiting.</summary>
    internal static Gen<BalancedServer[]> Any { get; } = Gen.Select(
        Gen.Frequency((6, Gen.Const(AdminState.Ready)), (1, Gen.Const(AdminState.Drain)), (1, Gen.Const(AdminState.Maintenance))),
        Gen.Int[0, 4],
        Gen.OneOf(Gen.Int[0, 5], Gen.Const(1), Gen.Int[0, 65_535]),
        Gen.Int[0, 4],
        Gen.OneOf(Gen.Const(int.MaxValue), Gen.Int[1, 4]),
        Gen.Int[0, 4],
        Gen.Int[0, 2],
        (admin, health, weight, backup, limit, active, queued) =>
        {
            var config = new ServerConfig { Weight = weight, Backup = backup == 0, MaxConnections = limit == int.MaxValue ? null : limit };
            return (Admin: admin, Health: health, Config: config, Active: active, Queued: queued);
        }).Array[1, 20].Select(states => states.Select((state, i) =>
        {
            var server = new BalancedServer($"s{i}") { Admin = state.Admin, IsUp = state.Health is not (1 or 4), IsEjected = state.Health == 2 };
            server.IsUnreachable = state.Health >= 3;
            server.Configure(state.Config);
            Load(server, state.Active, state.Queued);
            return server;
        }).ToArray());

    /// <summary>All algorithms.</summary>
    internal static IEnumerable<BalanceAlgorithm> Algorithms => Enum.GetValues<BalanceAlgorithm>();

    /// <summary>A pool of servers s0, s1, … that are all usable.</summary>
    internal static PoolBalancer Of(BalanceAlgorithm algorithm, int servers) =>
        Of(algorithm, [.. Enumerable.Range(0, servers).Select(i => new BalancedServer($"s{i}"))]);

    internal static PoolBalancer Of(BalanceAlgorithm algorithm, IReadOnlyList<BalancedServer> servers, double panic = 0.5) =>
        new(algorithm, servers, new RosterOptions(panic, SlowStartMs: 0), previous: null, nowMs: 0);

    /// <summary>Servers s0, s1, … of these weights.</summary>
    internal static BalancedServer[] Weighing(params int[] weights) =>
        [.. weights.Select((weight, i) => new BalancedServer($"s{i}") { Weight = weight })];

    /// <summary>A server that may have so many requests at once.</summary>
    internal static BalancedServer Limited(string name, int limit)
    {
        var server = new BalancedServer(name);
        server.Configure(new ServerConfig { MaxConnections = limit });
        return server;
    }

    /// <summary>Lets requests begin and wait at a server.</summary>
    internal static void Load(BalancedServer server, int active, int queued = 0)
    {
        for (int i = 0; i < active; i++)
        {
            server.Begin();
        }

        for (int i = 0; i < queued; i++)
        {
            server.BeginWait();
        }
    }

    /// <summary>Picks in a row, with random numbers of a seed.</summary>
    internal static int[] Pick(this PoolBalancer pool, int picks, int seed = 1, int[]? excluded = null)
    {
        var random = new Random(seed);
        int[] picked = new int[picks];
        for (int i = 0; i < picks; i++)
        {
            picked[i] = pool.Current.Pick(new PickRequest { Random = (ulong)random.NextInt64(long.MinValue, long.MaxValue), Excluded = excluded });
        }

        return picked;
    }

    /// <summary>How often each server was picked.</summary>
    internal static int[] Counts(IEnumerable<int> picks, int servers)
    {
        int[] counts = new int[servers];
        foreach (int pick in picks)
        {
            counts[pick]++;
        }

        return counts;
    }
}
