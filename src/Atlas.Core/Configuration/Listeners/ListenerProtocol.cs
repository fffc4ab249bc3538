namespace Atlas.Core.Configuration;

/// <summary>What a listener speaks with its clients.</summary>
public enum ListenerProtocol
{
    /// <summary>HTTP/1.1, and HTTP/2 where the client asks for it; WebSocket and gRPC within.</summary>
    Http,

    /// <summary>Bytes in both directions.</summary>
    Tcp,

    /// <summary>Datagrams, grouped into sessions by the client's address and port.</summary>
    Udp,
}
