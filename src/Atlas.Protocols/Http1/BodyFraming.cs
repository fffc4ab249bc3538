namespace Atlas.Protocols.Http1;

/// <summary>How the end of a message's content is found (RFC 9112 6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>No content follows the head.</summary>
    None,

    /// <summary>Content-Length bytes follow; may be zero.</summary>
    Length,

    /// <summary>The chunked coding, and a trailer section after it.</summary>
    Chunked,

    /// <summary>Responses only: everything until the connection closes.</summary>
    UntilClose,

    /// <summary>Responses only: the connection is a tunnel from here on (101, or 2xx to CONNECT).</summary>
    Tunnel,
}
