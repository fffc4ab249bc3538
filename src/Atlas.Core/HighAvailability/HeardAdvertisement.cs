namespace Atlas.Core.HighAvailability;

/// <summary>An advertisement for the virtual router that came over its interface and passed the checks of RFC 9568 7.1.</summary>
public readonly ref struct HeardAdvertisement
{
    /// <summary>The priority in it.</summary>
    public required byte Priority { get; init; }

    /// <summary>The maximum advertise interval in it, in microseconds; not 0.</summary>
    public required long IntervalUs { get; init; }

    /// <summary>The packet's source, the sender's primary address: 4 or 16 bytes. Lent for the call.</summary>
    public required ReadOnlySpan<byte> Sender { get; init; }

    /// <summary>The addresses in it, one after the other. Lent for the call.</summary>
    public required ReadOnlySpan<byte> Addresses { get; init; }
}
