namespace Atlas.Protocols.ProxyProtocol;

/// <summary>The kind of addresses in a PROXY protocol header.</summary>
public enum ProxyFamily : byte
{
    /// <summary>None: UNKNOWN in version 1, LOCAL or UNSPEC in version 2. The socket's own addresses hold.</summary>
    None,

    /// <summary>IPv4 addresses and ports.</summary>
    Ipv4,

    /// <summary>IPv6 addresses and ports.</summary>
    Ipv6,

    /// <summary>Paths of unix sockets.</summary>
    Unix,
}
