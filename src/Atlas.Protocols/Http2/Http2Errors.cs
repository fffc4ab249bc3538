namespace Atlas.Protocols.Http2;

/// <summary>What to send and what to log for an <see cref="Http2Error"/>.</summary>
public static class Http2Errors
{
    /// <summary>The code that the peer gets.</summary>
    public static Http2ErrorCode Code(this Http2Error error) => error switch
    {
        Http2Error.None => Http2ErrorCode.NoError,
        Http2Error.FrameTooLarge or Http2Error.InvalidFrameSize => Http2ErrorCode.FrameSizeError,
        Http2Error.StreamEnded => Http2ErrorCode.StreamClosed,
        Http2Error.InvalidInitialWindow or Http2Error.WindowOverflow or Http2Error.WindowExceeded => Http2ErrorCode.FlowControlError,
        Http2Error.InvalidHeaderBlock => Http2ErrorCode.CompressionError,
        Http2Error.Flood or Http2Error.TrailersTooLarge => Http2ErrorCode.EnhanceYourCalm,
        Http2Error.TooManyStreams or Http2Error.GoneAway => Http2ErrorCode.RefusedStream,
        Http2Error.ConnectionLost => Http2ErrorCode.Cancel,
        _ => Http2ErrorCode.ProtocolError,
    };

    /// <summary>Whether a frame is wrong by itself, and not the message that it is a part of.</summary>
    internal static bool IsOfFrame(this Http2Error error) => error is Http2Error.InvalidFrameSize or Http2Error.SelfDependency
        or Http2Error.EmptyWindowUpdate or Http2Error.WindowOverflow or Http2Error.WindowExceeded or Http2Error.StreamEnded;

    /// <summary>A short English text for logs. It holds nothing from the peer.</summary>
    public static string Text(this Http2Error error) => error switch
    {
        Http2Error.None => "no error",
        Http2Error.InvalidPreface => "bad connection preface",
        Http2Error.SettingsExpected => "first frame is not SETTINGS",
        Http2Error.FrameTooLarge => "frame too large",
        Http2Error.InvalidFrameSize => "bad length of a frame",
        Http2Error.StreamRequired => "frame of a stream on stream 0",
        Http2Error.StreamNotAllowed => "frame of the connection on a stream",
        Http2Error.InvalidPadding => "padding as long as the frame",
        Http2Error.InvalidStreamId => "bad stream identifier",
        Http2Error.StreamIdle => "frame on an idle stream",
        Http2Error.StreamEnded => "frame on a stream that has ended",
        Http2Error.ContinuationExpected => "another frame within a header block",
        Http2Error.UnexpectedContinuation => "CONTINUATION outside a header block",
        Http2Error.UnexpectedPush => "PUSH_PROMISE",
        Http2Error.UnexpectedPriorityUpdate => "PRIORITY_UPDATE from a server",
        Http2Error.SelfDependency => "stream that depends on itself",
        Http2Error.InvalidSetting => "bad value of a setting",
        Http2Error.InvalidInitialWindow => "initial window too large",
        Http2Error.EmptyWindowUpdate => "WINDOW_UPDATE by 0",
        Http2Error.WindowOverflow => "window too large",
        Http2Error.WindowExceeded => "more content than the window allows",
        Http2Error.InvalidHeaderBlock => "header block that cannot be decoded",
        Http2Error.Flood => "flood",
        Http2Error.TooManyStreams => "too many concurrent streams",
        Http2Error.InvalidFieldName => "byte in a header name that is not allowed",
        Http2Error.UpperCaseFieldName => "upper case in a header name",
        Http2Error.InvalidFieldValue => "control character in a header value, or whitespace around it",
        Http2Error.ConnectionField => "header of HTTP/1.1 connections",
        Http2Error.InvalidTe => "TE other than trailers",
        Http2Error.UnknownPseudoField => "unknown pseudo-header",
        Http2Error.DuplicatePseudoField => "pseudo-header more than once",
        Http2Error.LatePseudoField => "pseudo-header after a header",
        Http2Error.PseudoFieldInTrailers => "pseudo-header in trailers",
        Http2Error.MissingPseudoField => "pseudo-header missing",
        Http2Error.InvalidMethod => "method is not a token",
        Http2Error.InvalidScheme => "scheme is not http or https",
        Http2Error.InvalidPath => "bad path",
        Http2Error.InvalidAuthority => "bad authority",
        Http2Error.HostMismatch => "Host header and :authority differ",
        Http2Error.DuplicateHost => "more than one Host header",
        Http2Error.InvalidConnect => "CONNECT with headers that it may not have",
        Http2Error.InvalidProtocol => "bad :protocol",
        Http2Error.InvalidContentLength => "bad Content-Length",
        Http2Error.DuplicateContentLength => "more than one Content-Length",
        Http2Error.ContentLengthMismatch => "content does not have the length that Content-Length says",
        Http2Error.ContentNotAllowed => "content in a response that has none",
        Http2Error.InvalidStatus => "bad status",
        Http2Error.InterimResponseAtEnd => "interim response that ends the stream",
        Http2Error.TrailersNotAtEnd => "trailers that do not end the stream",
        Http2Error.TrailersTooLarge => "trailers too large",
        Http2Error.HeadersInTunnel => "headers in a tunnel",
        Http2Error.ContentBeforeHead => "content before the head of a response",
        Http2Error.GoneAway => "peer goes away and did not take the request",
        Http2Error.ConnectionLost => "connection lost",
        _ => "unknown error",
    };
}
