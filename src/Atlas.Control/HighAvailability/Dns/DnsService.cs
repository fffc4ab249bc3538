using System.Net;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>What both transports answer by: the zone and the limit of the moment, which may be replaced at any time.</summary>
/// <param name="responder">Who answers.</param>
/// <param name="counters">Counts.</param>
/// <param name="time">The clock.</param>
internal sealed class DnsService(DnsResponder responder, DnsCounters counters, TimeProvider time)
{
    private volatile Served? _served;

    internal DnsCounters Counters { get; } = counters;

    internal TimeProvider Time { get; } = time;

    /// <summary>The zone in force; set before the first question.</summary>
    internal ZoneView View => _served!.View;

    internal void Serve(ZoneView view, ResponseLimit? limit) => _served = new Served(view, limit);

    internal int Respond(ReadOnlySpan<byte> message, IPAddress client, bool isTcp, Span<byte> buffer)
    {
        Served served = _served!;
        Span<byte> address = stackalloc byte[16];
        client.TryWriteBytes(address, out int length);
        return responder.Respond(served.View, served.Limit, message, address[..length], isTcp, buffer);
    }

    private sealed record Served(ZoneView View, ResponseLimit? Limit);
}
