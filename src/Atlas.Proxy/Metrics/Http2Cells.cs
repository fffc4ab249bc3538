using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Metrics;

/// <summary>A cell for each reason for which an HTTP/2 connection is ended: what it did too often, or what it broke.</summary>
internal static class Http2Cells
{
    /// <summary>The labels that the cells are published under.</summary>
    internal static readonly string[] Names =
    [
        "peer_resets",
        "own_resets",
        "pings",
        "settings",
        "continuations",
        "block_bytes",
        "empty_frames",
        "window_updates",
        "small_windows",
        "priorities",
        "ignored_frames",
        "answers_not_read",
        "block_memory",
        "client_resets",
        "protocol_error",
        "flow_control_error",
        "compression_error",
        "frame_size_error",
        "stream_closed",
    ];

    private const int FirstError = (int)Http2Flood.ClientResets;

    /// <summary>The cell of an end; -1 for one that is nobody's fault.</summary>
    internal static int Of(Http2Error error, Http2Flood flood) => flood != Http2Flood.None
        ? (int)flood - 1
        : error is Http2Error.None or Http2Error.ConnectionLost ? -1
        : error.Code() switch
        {
            Http2ErrorCode.FlowControlError => FirstError + 1,
            Http2ErrorCode.CompressionError => FirstError + 2,
            Http2ErrorCode.FrameSizeError => FirstError + 3,
            Http2ErrorCode.StreamClosed => FirstError + 4,
            _ => FirstError,
        };
}
