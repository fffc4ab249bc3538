namespace Atlas.Protocols.Http2;

/// <summary>How a stream ended.</summary>
internal enum ClosedKind : byte
{
    /// <summary>It never began, or ended long ago.</summary>
    Unknown,

    /// <summary>Both sides had sent their end.</summary>
    Ended,

    /// <summary>The peer reset it: nothing may follow.</summary>
    ResetByPeer,

    /// <summary>It was reset here: frames may be on their way that the peer sent before it knew.</summary>
    ResetHere,
}
