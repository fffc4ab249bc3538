using System.Net;
using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Networks;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>The kernel forwards, beside balancers that copy, across network namespaces: what an exchange costs on the whole way, and
/// what of it the balancing costs, which is the difference to clients that ask servers directly through the same router.</summary>
internal sealed class KernelScenario(string name, string description, Exchange exchange, int connections) : Scenario(name, description)
{
    private const int WarmSeconds = 2;

    private static readonly Figure Whole = new("CPU µs/request, of all", 1, Better.Lower);
    private static readonly Figure Part = new("of it for balancing", 1, Better.Lower);

    private static readonly Peer Direct = new("direct", () => "", _ => []);

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(Name, Description, [Whole, Part, Figure.PerSecond]);
        if (!Environment.IsPrivilegedProcess)
        {
            results.Note = " Not measured: network namespaces need root.";
            return results;
        }

        using var network = new BenchNetwork(session.Origin);
        var contestants = new List<Contestant>();
        try
        {
            contestants.Add(new Contestant(Direct, null, GroupAt(network, network.Servers[0].Port, IPAddress.Parse("10.78.2.11"))));
            foreach (Peer peer in AllPeers.Between(network.Balancer.Name))
            {
                RunningPeer running = await RunningPeer.StartAsync(
                    peer, new OriginPorts([.. network.Servers.Select(server => server.Port)], [], []), session.Cancel, network.Accepts);
                contestants.Add(new Contestant(peer, running, GroupAt(network, running.Port, BenchNetwork.Front)));
            }

            foreach (Contestant contestant in contestants)
            {
                await contestant.Clients.RunAsync(WarmSeconds).WaitAsync(session.Cancel);
            }

            for (int round = 0; round < session.Options.Rounds; round++)
            {
                await MeasureAsync(session, contestants, round, results);
            }
        }
        finally
        {
            foreach (Contestant contestant in contestants)
            {
                await contestant.Clients.DisposeAsync();
                await (contestant.Running?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }

        return results;
    }

    private static async Task MeasureAsync(Session session, IReadOnlyList<Contestant> contestants, int round, Results results)
    {
        var costs = new Dictionary<Contestant, double>();
        foreach (Contestant contestant in Session.InRound(contestants, round))
        {
            double before = NetworkTime.CpuSeconds();
            LoadResult load = await contestant.Clients.RunAsync(session.Options.RunSeconds).WaitAsync(session.Cancel);
            costs[contestant] = (NetworkTime.CpuSeconds() - before) / load.Requests * 1e6;
            results.Add(contestant.Peer, Whole, costs[contestant]);
            results.Add(contestant.Peer, Figure.PerSecond, load.PerSecond);
        }

        foreach (Contestant contestant in contestants)
        {
            results.Add(contestant.Peer, Part, costs[contestant] - costs[contestants[0]]);
        }
    }

    private ClientGroup GroupAt(BenchNetwork network, int port, IPAddress ip) => new(network.Clients, port, exchange, connections, ip);

    private sealed record Contestant(Peer Peer, RunningPeer? Running, ClientGroup Clients);
}
