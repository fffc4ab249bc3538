namespace Atlas.Protocols.Dns;

/// <summary>Types of records that the codec knows; others pass as they are.</summary>
public enum DnsType : ushort
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>An IPv4 address (RFC 1035 3.4.1).</summary>
    A = 1,

    /// <summary>A name server (RFC 1035 3.3.11).</summary>
    Ns = 2,

    /// <summary>The name that a name stands for (RFC 1035 3.3.1).</summary>
    Cname = 5,

    /// <summary>What a zone is (RFC 1035 3.3.13).</summary>
    Soa = 6,

    /// <summary>What a host is (RFC 1035 3.3.2); what a question for any type is answered with (RFC 8482 4.2).</summary>
    Hinfo = 13,

    /// <summary>Texts (RFC 1035 3.3.14).</summary>
    Txt = 16,

    /// <summary>An IPv6 address (RFC 3596 2.1).</summary>
    Aaaa = 28,

    /// <summary>Where a service is (RFC 2782).</summary>
    Srv = 33,

    /// <summary>The pseudo record of extensions (RFC 6891 6.1).</summary>
    Opt = 41,

    /// <summary>What changed of a zone, in questions only (RFC 1995).</summary>
    Ixfr = 251,

    /// <summary>A whole zone, in questions only (RFC 5936).</summary>
    Axfr = 252,

    /// <summary>Any type, in questions only (RFC 8482).</summary>
    Any = 255,
}
