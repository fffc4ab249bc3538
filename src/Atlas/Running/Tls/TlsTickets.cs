using Atlas.Engine.Tls;

namespace Atlas.Running.Tls;

/// <summary>The keys of the tickets that clients resume sessions with: one set for all listeners, changed as time passes.</summary>
internal sealed class TlsTickets : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(TlsTicketKeys.PeriodSeconds);

    private readonly Timer _rotation;

    internal TlsTickets() => _rotation = new Timer(_ => Ring.Keys = Ring.Keys.Rotate(), null, Period, Period);

    internal TlsTicketKeyRing Ring { get; } = new(TlsTicketKeys.Random());

    /// <inheritdoc/>
    public void Dispose() => _rotation.Dispose();
}
