namespace Atlas.Protocols.Http2;

/// <summary>Why a stream or a connection ends, as the protocol says it (RFC 9113 7). Others may come from a peer.</summary>
#pragma warning disable CA1028 // 32 bits on the wire.
public enum Http2ErrorCode : uint
#pragma warning restore CA1028
{
    /// <summary>NO_ERROR: nothing is wrong.</summary>
    NoError = 0,

    /// <summary>PROTOCOL_ERROR: a rule was broken for which there is no other code.</summary>
    ProtocolError = 1,

    /// <summary>INTERNAL_ERROR: the sender failed.</summary>
    InternalError = 2,

    /// <summary>FLOW_CONTROL_ERROR: more was sent than a window allowed, or a window grew too large.</summary>
    FlowControlError = 3,

    /// <summary>SETTINGS_TIMEOUT: settings were not acknowledged in time.</summary>
    SettingsTimeout = 4,

    /// <summary>STREAM_CLOSED: a frame came for a stream that had ended.</summary>
    StreamClosed = 5,

    /// <summary>FRAME_SIZE_ERROR: a frame has a length that it may not have.</summary>
    FrameSizeError = 6,

    /// <summary>REFUSED_STREAM: nothing was done with the request, so that it may be sent again.</summary>
    RefusedStream = 7,

    /// <summary>CANCEL: the stream is not wanted any more.</summary>
    Cancel = 8,

    /// <summary>COMPRESSION_ERROR: a header block cannot be decoded.</summary>
    CompressionError = 9,

    /// <summary>CONNECT_ERROR: the connection behind a CONNECT broke.</summary>
    ConnectError = 10,

    /// <summary>ENHANCE_YOUR_CALM: the peer causes too much work.</summary>
    EnhanceYourCalm = 11,

    /// <summary>INADEQUATE_SECURITY: TLS is weaker than it has to be.</summary>
    InadequateSecurity = 12,

    /// <summary>HTTP_1_1_REQUIRED: the request must be sent with HTTP/1.1.</summary>
    Http11Required = 13,
}
