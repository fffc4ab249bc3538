namespace Atlas.Protocols.Dns;

/// <summary>Options of OPT records (RFC 6891 6.1.2) that the codec knows; others pass as they are.</summary>
public enum DnsOption : ushort
{
    /// <summary>No option.</summary>
    None = 0,

    /// <summary>What client and server know each other by (RFC 7873).</summary>
    Cookie = 10,
}
