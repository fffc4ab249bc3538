using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Memory: of a fresh process that served some requests, and of idle keep-alive connections that did one request
/// each. Each round starts the peer anew, because memory once taken is seldom given back.</summary>
internal sealed class IdleScenario(string name, string description, int connections) : Scenario(name, description)
{
    private const int WarmUpConnections = 64;
    private const double WarmUpSeconds = 2;
    private const int AtOnce = 100;
    private const int SettleMs = 500;

    // The clients' descriptors, and those of the origins and of what else is open.
    private const int FurtherFiles = 2_000;

    internal override async Task<Results> RunAsync(Session session)
    {
        if (OpenFiles.Limit < connections + FurtherFiles)
        {
            throw new BenchException(
                $"{Name} needs {connections + FurtherFiles} open files and the hard limit is {OpenFiles.Limit}: raise it (ulimit -Hn)");
        }

        var results = new Results(Name, Description, [Figure.StartMs, Figure.ResidentMiB, Figure.BytesPerConnection]);
        Peer[] peers = [.. session.Options.Peers.Where(peer => !peer.HoldsServerPerClient)];
        for (int round = 0; round < session.Options.Rounds; round++)
        {
            foreach (Peer peer in Session.InRound(peers, round))
            {
                await MeasureAsync(session, peer, results);
            }
        }

        return results;
    }

    private async Task MeasureAsync(Session session, Peer peer, Results results)
    {
        await using RunningPeer running = await session.StartAsync(peer);
        await using (var few = new ClientGroup(session.Loop, running.Port, Exchange.Small, WarmUpConnections))
        {
            await session.CheckedAsync(running, () => few.RunAsync(WarmUpSeconds));
        }

        await Task.Delay(SettleMs, session.Cancel);
        long before = running.Tree.ResidentBytes();
        await using var many = new ClientGroup(session.Loop, running.Port, Exchange.Small, connections);
        await session.CheckedAsync(running, () => many.RunEachOnceAsync(AtOnce));
        await Task.Delay(SettleMs, session.Cancel);
        long after = running.Tree.ResidentBytes();
        results.Add(peer, Figure.StartMs, running.StartMs);
        results.Add(peer, Figure.ResidentMiB, before / 1048576.0);
        results.Add(peer, Figure.BytesPerConnection, (after - before) / (double)connections);
    }
}
