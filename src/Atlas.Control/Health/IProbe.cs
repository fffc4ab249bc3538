namespace Atlas.Control.Health;

/// <summary>Asks one server how it does, the same way each time. One call at a time.</summary>
internal interface IProbe : IDisposable
{
    /// <summary>Asks. It holds nothing of the server once it has ended.</summary>
    /// <param name="cancellation">Cancelled when the time is over, or nobody wants to know any more.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<ProbeResult> RunAsync(CancellationToken cancellation);
}
