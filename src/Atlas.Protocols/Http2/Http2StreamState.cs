namespace Atlas.Protocols.Http2;

/// <summary>The states of a stream (RFC 9113 5.1) that come to pass without server push.</summary>
public enum Http2StreamState : byte
{
    /// <summary>It has no number yet: the head of its request was not written.</summary>
    Idle,

    /// <summary>Both sides may send.</summary>
    Open,

    /// <summary>This side has sent its end.</summary>
    HalfClosedLocal,

    /// <summary>The peer has sent its end.</summary>
    HalfClosedRemote,

    /// <summary>Both have, or one has reset it.</summary>
    Closed,
}
