namespace Atlas.Protocols.Http2;

/// <summary>The types of frames that are known (RFC 9113 6, RFC 9218 7.1). Others are ignored.</summary>
public enum Http2FrameType : byte
{
    /// <summary>Content of a message.</summary>
    Data = 0,

    /// <summary>A head or trailers, or the beginning of them.</summary>
    Headers = 1,

    /// <summary>A place in the tree of RFC 7540, which is deprecated: accepted and ignored.</summary>
    Priority = 2,

    /// <summary>The end of a stream before its time.</summary>
    ResetStream = 3,

    /// <summary>What the sender asks for, or that it took what it was asked for.</summary>
    Settings = 4,

    /// <summary>A response before its request. Atlas neither sends nor accepts any.</summary>
    PushPromise = 5,

    /// <summary>A question whether the other side is there, or the answer.</summary>
    Ping = 6,

    /// <summary>The sender takes no further streams.</summary>
    GoAway = 7,

    /// <summary>More may be sent.</summary>
    WindowUpdate = 8,

    /// <summary>The rest of a head or of trailers.</summary>
    Continuation = 9,

    /// <summary>The priority of a stream (RFC 9218 7.1).</summary>
    PriorityUpdate = 16,
}
