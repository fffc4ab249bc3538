namespace Atlas.Protocols.Http2;

/// <summary>
/// What was wrong with a frame, a message or a connection: one name per cause. <see cref="Http2Errors.Code"/> gives the code
/// that the peer gets.
/// </summary>
public enum Http2Error : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The connection does not begin with the client's preface (RFC 9113 3.4).</summary>
    InvalidPreface,

    /// <summary>The first frame is not SETTINGS (RFC 9113 3.4).</summary>
    SettingsExpected,

    /// <summary>A frame above SETTINGS_MAX_FRAME_SIZE (RFC 9113 4.2).</summary>
    FrameTooLarge,

    /// <summary>A frame whose length its type does not have (RFC 9113 4.2).</summary>
    InvalidFrameSize,

    /// <summary>A frame of a stream on stream 0.</summary>
    StreamRequired,

    /// <summary>A frame of the connection on a stream.</summary>
    StreamNotAllowed,

    /// <summary>Padding that is as long as the payload or longer (RFC 9113 6.1).</summary>
    InvalidPadding,

    /// <summary>A stream whose number the peer may not choose, or that is below one it chose before (RFC 9113 5.1.1).</summary>
    InvalidStreamId,

    /// <summary>A frame that cannot begin a stream on one that has not begun (RFC 9113 5.1).</summary>
    StreamIdle,

    /// <summary>A frame on a stream that has ended, or that the peer has ended (RFC 9113 5.1).</summary>
    StreamEnded,

    /// <summary>Another frame within a header block (RFC 9113 6.10).</summary>
    ContinuationExpected,

    /// <summary>CONTINUATION outside a header block (RFC 9113 6.10).</summary>
    UnexpectedContinuation,

    /// <summary>PUSH_PROMISE, which a client may not send and Atlas does not accept (RFC 9113 8.4).</summary>
    UnexpectedPush,

    /// <summary>PRIORITY_UPDATE from a server (RFC 9218 7.1).</summary>
    UnexpectedPriorityUpdate,

    /// <summary>A stream that depends on itself (RFC 7540 5.3.1).</summary>
    SelfDependency,

    /// <summary>A setting has a value that it may not have (RFC 9113 6.5.2).</summary>
    InvalidSetting,

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE above 2^31 - 1 (RFC 9113 6.5.2).</summary>
    InvalidInitialWindow,

    /// <summary>WINDOW_UPDATE by nothing (RFC 9113 6.9).</summary>
    EmptyWindowUpdate,

    /// <summary>A window above 2^31 - 1 (RFC 9113 6.9.1).</summary>
    WindowOverflow,

    /// <summary>More content than the window allows (RFC 9113 6.9.1).</summary>
    WindowExceeded,

    /// <summary>A header block that cannot be decoded (RFC 9113 4.3).</summary>
    InvalidHeaderBlock,

    /// <summary>The peer causes too much work; <see cref="Http2Flood"/> says by what.</summary>
    Flood,

    /// <summary>More streams than SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 5.1.2).</summary>
    TooManyStreams,

    /// <summary>An empty field name, or a byte in it that is not allowed (RFC 9113 8.2.1).</summary>
    InvalidFieldName,

    /// <summary>An upper-case letter in a field name (RFC 9113 8.2.1).</summary>
    UpperCaseFieldName,

    /// <summary>A control character in a field value, or whitespace around it (RFC 9113 8.2.1).</summary>
    InvalidFieldValue,

    /// <summary>A field of HTTP/1.1's connections (RFC 9113 8.2.2).</summary>
    ConnectionField,

    /// <summary>TE other than <c>trailers</c> (RFC 9113 8.2.2).</summary>
    InvalidTe,

    /// <summary>A pseudo-header field that is not defined for this kind of message (RFC 9113 8.3).</summary>
    UnknownPseudoField,

    /// <summary>A pseudo-header field more than once (RFC 9113 8.3).</summary>
    DuplicatePseudoField,

    /// <summary>A pseudo-header field after another field (RFC 9113 8.3).</summary>
    LatePseudoField,

    /// <summary>A pseudo-header field in trailers (RFC 9113 8.1).</summary>
    PseudoFieldInTrailers,

    /// <summary>A pseudo-header field is missing (RFC 9113 8.3.1, 8.3.2).</summary>
    MissingPseudoField,

    /// <summary><c>:method</c> is not a token.</summary>
    InvalidMethod,

    /// <summary><c>:scheme</c> is neither http nor https.</summary>
    InvalidScheme,

    /// <summary>
    /// <c>:path</c> does not begin with a slash, nor is it the asterisk of OPTIONS, or it holds a space or a control character
    /// (RFC 9113 8.3.1).
    /// </summary>
    InvalidPath,

    /// <summary><c>:authority</c> or Host is empty or malformed, or has user information (RFC 9113 8.3.1).</summary>
    InvalidAuthority,

    /// <summary>Host and <c>:authority</c> differ (RFC 9113 8.3.1).</summary>
    HostMismatch,

    /// <summary>More than one Host field.</summary>
    DuplicateHost,

    /// <summary>CONNECT with pseudo-header or other fields that it may not have (RFC 9113 8.5, RFC 8441 4).</summary>
    InvalidConnect,

    /// <summary><c>:protocol</c> without CONNECT, or not a token (RFC 8441 4).</summary>
    InvalidProtocol,

    /// <summary>Content-Length is not a number (RFC 9113 8.1.1).</summary>
    InvalidContentLength,

    /// <summary>More than one Content-Length, equal or not.</summary>
    DuplicateContentLength,

    /// <summary>The content is longer or shorter than Content-Length says (RFC 9113 8.1.1).</summary>
    ContentLengthMismatch,

    /// <summary>Content in a message that has none: in an answer to HEAD, or of status 204 or 304 (RFC 9113 8.1.1).</summary>
    ContentNotAllowed,

    /// <summary><c>:status</c> is not three digits from 100 to 599, or is 101 (RFC 9113 8.3.2, 8.6).</summary>
    InvalidStatus,

    /// <summary>An interim response that ends the stream (RFC 9113 8.1).</summary>
    InterimResponseAtEnd,

    /// <summary>A second header block that does not end the stream (RFC 9113 8.1).</summary>
    TrailersNotAtEnd,

    /// <summary>Trailers above the limits of a list.</summary>
    TrailersTooLarge,

    /// <summary>A frame other than DATA on a stream that is a tunnel (RFC 9113 8.5).</summary>
    HeadersInTunnel,

    /// <summary>Content before the head of a response (RFC 9113 8.1).</summary>
    ContentBeforeHead,

    /// <summary>The peer goes away, and has done nothing with the request (RFC 9113 6.8).</summary>
    GoneAway,

    /// <summary>The connection broke.</summary>
    ConnectionLost,
}
