using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Atlas.Running;

/// <summary>The signals of the process as requests, in their order.</summary>
internal sealed class ProcessSignals : IDisposable
{
    // Whoever sends signals faster than they are handled loses some: one reload later is as good as five.
    private const int MaxPending = 8;

    private readonly Channel<ProcessRequest> _requests = Channel.CreateBounded<ProcessRequest>(
        new BoundedChannelOptions(MaxPending) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly List<PosixSignalRegistration> _registrations = [];

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

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    /// <summary>Adds a request as if a signal had brought it. Any thread.</summary>
    internal void Add(ProcessRequest request) => _requests.Writer.TryWrite(request);

    /// <summary>The next request. One caller at a time.</summary>
    internal ValueTask<ProcessRequest> NextAsync(CancellationToken cancellation = default) =>
        _requests.Reader.ReadAsync(cancellation);

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
