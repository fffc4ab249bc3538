using Atlas.Bench.Load;
using Atlas.Bench.Peers;
using Atlas.Engine.Workers;

namespace Atlas.Bench;

/// <summary>One run of the bench: the origins and clients, on one thread, and the peers. Disposing ends the peers.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly WorkerGroup _workers = new(1);
    private readonly List<RunningPeer> _running = [];

    internal Session(Options options, CancellationToken cancel)
    {
        Options = options;
        Cancel = cancel;
        OriginPorts = [Origin.Listen(_workers), Origin.Listen(_workers), Origin.Listen(_workers)];
        UdpPorts = [UdpOrigin.Listen(_workers), UdpOrigin.Listen(_workers), UdpOrigin.Listen(_workers)];
    }

    internal Options Options { get; }

    internal CancellationToken Cancel { get; }

    internal Origin Origin { get; } = new();

    internal IReadOnlyList<int> OriginPorts { get; }

    internal UdpOrigin UdpOrigin { get; } = new();

    internal IReadOnlyList<int> UdpPorts { get; }

    internal WorkerGroup Workers => _workers;

    internal EventLoop Loop => _workers.Workers[0];

    /// <summary>The peers in the order of a round: each round another one begins, so that none always follows the same.</summary>
    internal static IEnumerable<T> InRound<T>(IReadOnlyList<T> all, int round) =>
        Enumerable.Range(0, all.Count).Select(i => all[(i + round) % all.Count]);

    /// <summary>A peer that stays for the whole session, so that it is warm for the next scenario.</summary>
    internal async Task<RunningPeer> LastingAsync(Peer peer)
    {
        RunningPeer? running = _running.Find(r => r.Peer == peer);
        if (running is null)
        {
            running = await StartAsync(peer);
            _running.Add(running);
        }

        return running;
    }

    /// <summary>A peer that the caller ends.</summary>
    internal Task<RunningPeer> StartAsync(Peer peer) => RunningPeer.StartAsync(peer, OriginPorts, UdpPorts, Cancel);

    /// <summary>Runs load and makes sure that the origins saw exactly its requests.</summary>
    /// <exception cref="BenchException">They did not, or an exchange failed.</exception>
    internal async Task<LoadResult> CheckedAsync(RunningPeer peer, Func<Task<LoadResult>> run)
    {
        Cancel.ThrowIfCancellationRequested();
        long before = Origin.Requests;
        LoadResult result;
        try
        {
            result = await run().WaitAsync(Cancel);
        }
        catch (BenchException e)
        {
            throw peer.Fault($"failed: {e.Message}");
        }

        long seen = Origin.Requests - before;
        return seen == result.Requests
            ? result
            : throw peer.Fault($"sent {seen} requests to the origins for {result.Requests} of the clients");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningPeer peer in _running)
        {
            await peer.DisposeAsync();
        }

        _workers.Dispose();
    }
}
