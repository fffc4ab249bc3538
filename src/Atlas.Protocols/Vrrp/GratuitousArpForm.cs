namespace Atlas.Protocols.Vrrp;

/// <summary>The two forms of a gratuitous ARP (RFC 5944 4.6). Hosts have to take both, but some take only one of them.</summary>
public enum GratuitousArpForm : byte
{
    /// <summary>A request, the announcement of RFC 5227 2.3, and what keepalived sends.</summary>
    Request = 1,

    /// <summary>A reply that nobody asked for.</summary>
    Reply = 2,
}
