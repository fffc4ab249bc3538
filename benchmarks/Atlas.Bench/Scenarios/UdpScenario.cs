using System.Globalization;
using System.Net;
using Atlas.Bench.Load;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;
using Atlas.Engine.Datagrams;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Bench.Scenarios;

/// <summary>Datagrams there and back as fast as they go, and at a rate that all must bear without loss.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="address">The address of the peers' listener: they have one whose sessions stay, and one whose sessions end with the
/// answer.</param>
/// <param name="clients">Sources.</param>
internal sealed class UdpScenario(string name, string description, string address, int clients) : Scenario(name, description)
{
    // Of what the slowest peer does at most.
    private const double RateShare = 0.7;
    private const double WarmSeconds = 1;

    // Each exchange is one to the server and one to the client.
    private const int DatagramsPerExchange = 2;

    internal override async Task<Results> RunAsync(Session session)
    {
        var results = new Results(
            Name, Description, [Figure.CpuPerDatagram, Figure.DatagramsPerSecond, Figure.Load, Figure.CpuPerDatagramAtRate, Figure.LostAtRate]);
        var load = new UdpClients(clients);
        await load.OpenAsync(session.Workers);
        var contestants = new List<(RunningPeer Running, DatagramAddress To)>();
        double slowest = double.MaxValue;
        foreach (Peer peer in session.Options.Peers.Where(peer => peer.ForwardsUdp))
        {
            RunningPeer running = await session.LastingAsync(peer);
            var to = DatagramAddress.Of(SocketAddress.OfIp(IPAddress.Parse(address), running.Port));
            contestants.Add((running, to));
            slowest = Math.Min(slowest, await WarmAsync(session, running, load, to));
        }

        double rate = slowest * RateShare;
        results.Note = string.Create(CultureInfo.InvariantCulture, $" Rate: {rate:F0} exchanges per second.");
        for (int round = 0; round < session.Options.Rounds; round++)
        {
            foreach ((RunningPeer running, DatagramAddress to) in Session.InRound(contestants, round))
            {
                await MeasureAsync(session, running, load, to, rate, results);
            }
        }

        return results;
    }

    private static async Task<double> WarmAsync(Session session, RunningPeer running, UdpClients load, DatagramAddress to)
    {
        int windows = running.Peer.Compiles ? session.Options.WarmUpWindows : 2;
        double most = 0;
        for (int i = 0; i < windows; i++)
        {
            most = Math.Max(most, (await load.RunAsync(to, WarmSeconds).WaitAsync(session.Cancel)).PerSecond);
        }

        return most;
    }

    private static async Task MeasureAsync(
        Session session, RunningPeer running, UdpClients load, DatagramAddress to, double rate, Results results)
    {
        double seconds = session.Options.RunSeconds;
        double before = running.Tree.CpuSeconds();
        UdpResult fast = await CheckedAsync(session, running, () => load.RunAsync(to, seconds));
        double between = running.Tree.CpuSeconds();
        UdpResult paced = await CheckedAsync(session, running, () => load.RunAtRateAsync(to, seconds, rate));
        double pacedSeconds = running.Tree.CpuSeconds() - between;
        results.Add(running.Peer, Figure.CpuPerDatagram, (between - before) / fast.Exchanges / DatagramsPerExchange * 1e6);
        results.Add(running.Peer, Figure.DatagramsPerSecond, fast.PerSecond * DatagramsPerExchange);
        results.Add(running.Peer, Figure.Load, (between - before) / fast.Seconds * 100);
        results.Add(running.Peer, Figure.CpuPerDatagramAtRate, pacedSeconds / paced.Exchanges / DatagramsPerExchange * 1e6);
        results.Add(running.Peer, Figure.LostAtRate, paced.Lost);
    }

    private static async Task<UdpResult> CheckedAsync(Session session, RunningPeer running, Func<Task<UdpResult>> run)
    {
        session.Cancel.ThrowIfCancellationRequested();
        long before = session.UdpOrigin.Datagrams;
        UdpResult result = await run().WaitAsync(session.Cancel);
        long seen = session.UdpOrigin.Datagrams - before;
        return seen >= result.Exchanges && result.Exchanges > 0
            ? result
            : throw running.Fault($"sent {seen} datagrams to the origins for {result.Exchanges} that came back");
    }
}
