namespace Atlas.Protocols.Dns;

/// <summary>Bounds of the format.</summary>
public static class DnsLimits
{
    /// <summary>Bytes of a message's header (RFC 1035 4.1.1).</summary>
    public const int HeaderBytes = 12;

    /// <summary>The most bytes of a name on the wire, lengths and the root included (RFC 1035 2.3.4).</summary>
    public const int NameBytes = 255;

    /// <summary>The most bytes of a label (RFC 1035 2.3.4).</summary>
    public const int LabelBytes = 63;

    /// <summary>Bytes of a message over UDP without EDNS (RFC 1035 2.3.4).</summary>
    public const int UdpBytes = 512;

    /// <summary>Bytes of a message over UDP that no path fragments (DNS flag day 2020).</summary>
    public const int EdnsUdpBytes = 1232;

    /// <summary>Bytes of an OPT record without options (RFC 6891 6.1.2).</summary>
    public const int EdnsBytes = 11;

    /// <summary>The most bytes of a message, over TCP (RFC 1035 4.2.2).</summary>
    public const int MessageBytes = 65_535;

    /// <summary>The longest time to live, in seconds (RFC 2181 8).</summary>
    public const uint MaxTtlSeconds = int.MaxValue;
}
