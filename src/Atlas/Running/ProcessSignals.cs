using System.Runtime.InteropServices;
using Atlas.Engine.Processes;

namespace Atlas.Running;

/// <summary>The signals of the process as requests. To stop comes before to reload, and that before to upgrade: a reload of what ends is
/// of no use, and however many are asked for, none keeps the process.</summary>
internal sealed class ProcessSignals : IDisposable
{
    // The first drains, the second ends at once; there is nothing that a third could ask for.
    private const int MaxStops = 2;

    // One that begins later is as good as five.
    private const int MaxOthers = 1;

    // The same on x86-64 and arm64 (signal(7)). The runtime takes numbers for those that it has no name for.
    private const PosixSignal SigUsr2 = (PosixSignal)12;

    private static readonly ProcessRequest[] InOrder = [ProcessRequest.Stop, ProcessRequest.Reload, ProcessRequest.Upgrade];

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _pending = new(0);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly int[] _waiting = new int[InOrder.Length];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Takes SIGTERM and SIGINT over.</summary>
    /// <param name="reloads">Whether SIGHUP asks for a reload and SIGUSR2 for an upgrade; else they end the process, SIGHUP as when its
    /// terminal closes.</param>
    internal ProcessSignals(bool reloads = false)
    {
        Handle(PosixSignal.SIGTERM, ProcessRequest.Stop);
        Handle(PosixSignal.SIGINT, ProcessRequest.Stop);
        if (reloads)
        {
            // Of nohup, say: who sends one means a reload, as with other servers.
            IgnoredSignals.RestoreHangup();
            Handle(PosixSignal.SIGHUP, ProcessRequest.Reload);
            Handle(SigUsr2, ProcessRequest.Upgrade);
        }
    }

    /// <summary>Cancelled when it was asked to stop.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    // The semaphore and the source hold nothing that needs an end, and a signal may come while this one goes.
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    /// <summary>Adds a request as if a signal had brought it, unless enough of its kind wait. Any thread.</summary>
    internal void Add(ProcessRequest request)
    {
        bool isStop = request == ProcessRequest.Stop;
        lock (_gate)
        {
            ref int count = ref _waiting[(int)request];
            if (count == (isStop ? MaxStops : MaxOthers))
            {
                return;
            }

            count++;
        }

        _pending.Release();
        if (isStop)
        {
            _stopping.Cancel();
        }
    }

    /// <summary>The next request. One caller at a time.</summary>
    internal async Task<ProcessRequest> NextAsync(CancellationToken cancellation = default)
    {
        await _pending.WaitAsync(cancellation);
        lock (_gate)
        {
            ProcessRequest first = Array.Find(InOrder, request => _waiting[(int)request] > 0);
            _waiting[(int)first]--;
            return first;
        }
    }

    /// <summary>Waits for the next request to stop; others are dropped.</summary>
    internal async Task StopAsync(CancellationToken cancellation = default)
    {
        while (await NextAsync(cancellation) != ProcessRequest.Stop)
        {
        }
    }

    private void Handle(PosixSignal signal, ProcessRequest request) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Add(request);
        }));
}
