namespace Atlas.Core.Configuration;

/// <summary>The DNS records that servers are made of.</summary>
public enum DnsRecordType
{
    /// <summary>IPv4 addresses (RFC 1035 3.4.1).</summary>
    A,

    /// <summary>IPv6 addresses (RFC 3596).</summary>
    Aaaa,

    /// <summary>Names with port, priority and weight (RFC 2782).</summary>
    Srv,
}
