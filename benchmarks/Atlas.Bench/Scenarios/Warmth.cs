using Atlas.Bench.Load;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Warms a peer until its cost per request settles.</summary>
internal static class Warmth
{
    private const double WindowSeconds = 1;
    private const double SettledWithin = 0.05;
    private const int SettledWindows = 3;
    private const int PauseMs = 150;

    /// <summary>Runs windows of about a second. What compiles while it runs gets pauses to do so, and a least time the first
    /// time, because its cost falls in steps with plateaus between.</summary>
    /// <returns>The last window: requests per second, and processor seconds per request.</returns>
    internal static async Task<(LoadResult Load, double CpuPerRequest)> AwaitAsync(
        Session session, RunningPeer peer, ClientGroup clients, int connections)
    {
        var costs = new List<double>();
        LoadResult load = await session.CheckedAsync(peer, () => clients.RunAsync(connections));
        int least = peer.IsWarm || !peer.Peer.Compiles ? SettledWindows : session.Options.WarmUpWindows;
        int most = least + session.Options.WarmUpWindows;
        while (costs.Count < most && (costs.Count < least || !IsSettled(costs)))
        {
            long requests = Math.Max(connections, (long)(load.PerSecond * WindowSeconds));
            double before = peer.Tree.CpuSeconds();
            load = await session.CheckedAsync(peer, () => clients.RunAsync(requests));
            costs.Add((peer.Tree.CpuSeconds() - before) / requests);
            await Task.Delay(PauseMs, session.Cancel);
        }

        peer.IsWarm = true;
        return (load, costs[^1]);
    }

    private static bool IsSettled(List<double> costs)
    {
        double last = costs[^1];
        return costs.TakeLast(SettledWindows).All(cost => Math.Abs(cost - last) <= last * SettledWithin);
    }
}
