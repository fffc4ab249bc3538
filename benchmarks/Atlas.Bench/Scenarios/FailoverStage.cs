using System.Diagnostics;
using System.Net;
using Atlas.Bench.Load;
using Atlas.Bench.Networks;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>Two nodes of which the first is master, a client with its load, and a witness. Disposing removes all.</summary>
internal sealed class FailoverStage : IAsyncDisposable
{
    private const int HigherPriority = 150;
    private const int LowerPriority = 100;

    private FailoverStage()
    {
    }

    internal SharedSegment Network { get; } = new();

    internal AdvertisementWitness Witness { get; private set; } = null!;

    internal VirtualNode One { get; private set; } = null!;

    /// <summary>The backup.</summary>
    internal VirtualNode Two { get; private set; } = null!;

    internal NewConnections Load { get; private set; } = null!;

    /// <summary>Starts all, and returns once the first node is master, the second has heard it, and the client is answered.</summary>
    /// <param name="peer">What the nodes run.</param>
    /// <param name="preempts">Whether they preempt.</param>
    /// <param name="phase">At which part of the interval between two advertisements, 0 to 1, to return.</param>
    /// <param name="cancel">Ends the wait.</param>
    internal static async Task<FailoverStage> StartAsync(VirtualPeer peer, bool preempts, double phase, CancellationToken cancel)
    {
        var stage = new FailoverStage();
        try
        {
            stage.Witness = new AdvertisementWitness(stage.Network.Client);
            stage.One = new VirtualNode(peer, stage.Network.One, "one", HigherPriority, preempts);
            await stage.One.AwaitAsync(one => one.MasterAt(0), cancel);
            stage.Two = new VirtualNode(peer, stage.Network.Two, "two", LowerPriority, preempts);
            long isBackup = await stage.Two.AwaitAsync(two => two.BackupAt(0), cancel);
            stage.Load = new NewConnections(stage.Network.Client, new IPEndPoint(SharedSegment.Virtual, 80));
            await stage.Load.AnsweredAsync("one", 0, cancel);
            await stage.One.AwaitAsync(_ => stage.Witness.CountOf(SharedSegment.OfOne, isBackup) >= 2 ? 1 : null, cancel);
            await Task.Delay((int)(phase * peer.IntervalMs), cancel);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Milliseconds from a moment until the second node first answers.</summary>
    internal async Task<double> TwoAnswersAsync(long since, CancellationToken cancel) =>
        Stopwatch.GetElapsedTime(since, await Load.AnsweredAsync("two", since, cancel)).TotalMilliseconds;

    public async ValueTask DisposeAsync()
    {
        await (Load?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (One?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Two?.DisposeAsync() ?? ValueTask.CompletedTask);
        Witness?.Dispose();
        Network.Dispose();
    }
}
