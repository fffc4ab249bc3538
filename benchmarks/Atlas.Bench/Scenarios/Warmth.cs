using Atlas.Bench.Load;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Warms a peer until its cost per request settles.</summary>
internal static class Warmth
{
    private const double WindowSeconds = 1;
    private const double SettledWithin = 0.05;
    private const int SettledWindows = 3;
    private const int MaxFurtherWindows = 8;
    private const int PauseMs = 150;

    /// <summary>Runs windows of a second. What compiles while it runs gets pauses to do so, and a least time the first
    /// time, because its cost falls in steps with plateaus between.</summary>
    /// <param name="session">The run.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="clients">Its clients.</param>
    /// <param name="front">The listener that they go to; null: that for HTTP.</param>
    /// <returns>Of the last window: requests per second, and the share of its core that the peer used.</returns>
    internal static async Task<(double PerSecond, double Busy)> AwaitAsync(Session session, RunningPeer peer, ILoad clients, Front? front = null)
    {
        var costs = new List<double>();
        int least = peer.IsWarm || !peer.Peer.Compiles ? SettledWindows : session.Options.WarmUpWindows;
        int most = least + MaxFurtherWindows;
        LoadResult load;
        double cpuSeconds;
        do
        {
            double before = peer.Tree.CpuSeconds();
            load = await session.CheckedAsync(peer, () => clients.RunAsync(WindowSeconds), front);
            cpuSeconds = peer.Tree.CpuSeconds() - before;
            costs.Add(cpuSeconds / load.Requests);
            await Task.Delay(PauseMs, session.Cancel);
        }
        while (costs.Count < least || (costs.Count < most && !IsSettled(costs)));

        peer.IsWarm = true;
        return (load.PerSecond, cpuSeconds / load.Seconds);
    }

    private static bool IsSettled(List<double> costs)
    {
        double last = costs[^1];
        return costs.TakeLast(SettledWindows).All(cost => Math.Abs(cost - last) <= last * SettledWithin);
    }
}
