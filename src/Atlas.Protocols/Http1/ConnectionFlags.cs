namespace Atlas.Protocols.Http1;

/// <summary>The options of Connection fields that say something of themselves (RFC 9110 7.6.1).</summary>
[Flags]
internal enum ConnectionFlags : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary><c>close</c>: the last message on this connection.</summary>
    Close = 1,

    /// <summary><c>keep-alive</c>: HTTP/1.0 asks for a persistent connection.</summary>
    KeepAlive = 2,

    /// <summary><c>upgrade</c>: Upgrade is meant for this hop.</summary>
    Upgrade = 4,

    /// <summary>Another one, which may be the name of a field.</summary>
    Names = 8,
}
