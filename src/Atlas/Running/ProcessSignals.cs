using System.Runtime.InteropServices;

namespace Atlas.Running;

/// <summary>The signals of the process as requests. To stop comes before to reload: a reload of what ends is of no use, and
/// however many are asked for, none keeps the process.</summary>
internal sealed class ProcessSignals : IDisposable
{
    // The first drains, the second ends at once; there is nothing that a third could ask for.
    private const int MaxStops = 2;

    // One reload that begins later is as good as five.
    private const int MaxReloads = 1;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _pending = new(0);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _stops;
    private int _reloads;

    /// <summary>Takes SIGTERM and SIGINT over.</summary>
    /// <param name="reloads">Whether SIGHUP asks for a reload; else it ends the process, as when its terminal closes.</param>
    internal ProcessSignals(bool reloads = false)
    {
        Handle(PosixSignal.SIGTERM, ProcessRequest.Stop);
        Handle(PosixSignal.SIGINT, ProcessRequest.Stop);
        if (reloads)
        {
            Handle(PosixSignal.SIGHUP, ProcessRequest.Reload);
        }
    }

    // The semaphore holds nothing that needs an end, and a signal may come while this one goes.
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    /// <summary>Adds a request as if a signal had brought it, unless enough of its kind wait. Any thread.</summary>
    internal void Add(ProcessRequest request)
    {
        lock (_gate)
        {
            bool isStop = request == ProcessRequest.Stop;
            ref int count = ref isStop ? ref _stops : ref _reloads;
            if (count == (isStop ? MaxStops : MaxReloads))
            {
                return;
            }

            count++;
        }

        _pending.Release();
    }

    /// <summary>The next request. One caller at a time.</summary>
    internal async Task<ProcessRequest> NextAsync(CancellationToken cancellation = default)
    {
        await _pending.WaitAsync(cancellation);
        lock (_gate)
        {
            if (_stops > 0)
            {
                _stops--;
                return ProcessRequest.Stop;
            }

            _reloads--;
            return ProcessRequest.Reload;
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
