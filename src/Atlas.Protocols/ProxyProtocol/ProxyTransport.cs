namespace Atlas.Protocols.ProxyProtocol;

/// <summary>How the client spoke to the proxy that wrote the header.</summary>
public enum ProxyTransport : byte
{
    /// <summary>Not said; the header holds no addresses.</summary>
    Unspecified,

    /// <summary>TCP, or a unix stream socket.</summary>
    Stream,

    /// <summary>UDP, or a unix datagram socket.</summary>
    Datagram,
}
