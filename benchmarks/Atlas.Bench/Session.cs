using Atlas.Bench.Load;
using Atlas.Bench.Peers;
using Atlas.Bench.Scenarios;
using Atlas.Engine.Workers;

namespace Atlas.Bench;

/// <summary>One run of the bench: the origins and clients, on one thread, and the peers. Disposing ends the peers.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly WorkerGroup _workers = new(1);
    private readonly List<RunningPeer> _running = [];

    private Session(Options options, Http2Origin http2Origin, CancellationToken cancel)
    {
        Options = options;
        Http2Origin = http2Origin;
        Cancel = cancel;
        Origins = new OriginPorts(
            [Origin.Listen(_workers), Origin.Listen(_workers), Origin.Listen(_workers)],
            [UdpOrigin.Listen(_workers), UdpOrigin.Listen(_workers), UdpOrigin.Listen(_workers)],
            http2Origin.Ports);
    }

    internal Options Options { get; }

    internal CancellationToken Cancel { get; }

    internal Origin Origin { get; } = new();

    internal Http2Origin Http2Origin { get; }

    internal UdpOrigin UdpOrigin { get; } = new();

    internal OriginPorts Origins { get; }

    internal WorkerGroup Workers => _workers;

    internal EventLoop Loop => _workers.Workers[0];

    /// <summary>Starts the origins.</summary>
    internal static async Task<Session> StartAsync(Options options, CancellationToken cancel) =>
        new(options, await Http2Origin.StartAsync(cancel), cancel);

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
    internal Task<RunningPeer> StartAsync(Peer peer) => RunningPeer.StartAsync(peer, Origins, Cancel);

    /// <summary>Runs load and makes sure that the origins saw exactly its requests.</summary>
    /// <param name="peer">The peer between them.</param>
    /// <param name="run">The load.</param>
    /// <param name="front">The listener that it goes to; null: that for HTTP.</param>
    /// <exception cref="BenchException">They did not, or an exchange failed.</exception>
    internal async Task<LoadResult> CheckedAsync(RunningPeer peer, Func<Task<LoadResult>> run, Front? front = null)
    {
        Cancel.ThrowIfCancellationRequested();
        bool isHttp2 = front is { HasHttp2Origin: true };
        long before = await SeenAsync(isHttp2);
        LoadResult result;
        try
        {
            result = await run().WaitAsync(Cancel);
        }
        catch (BenchException e)
        {
            throw peer.Fault($"failed: {e.Message}");
        }

        long seen = await SeenAsync(isHttp2) - before;
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
        Http2Origin.Dispose();
    }

    private async Task<long> SeenAsync(bool isHttp2) => isHttp2 ? await Http2Origin.RequestsAsync(Cancel) : Origin.Requests;
}
