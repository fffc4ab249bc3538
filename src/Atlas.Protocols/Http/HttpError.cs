namespace Atlas.Protocols.Http;

/// <summary>
/// Why a message was refused: one name per cause. <see cref="HttpErrors.StatusCode"/> gives the response that a request
/// with it gets; a response with any of them is answered with 502.
/// </summary>
public enum HttpError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>More than a few empty lines before the request line.</summary>
    TooManyEmptyLines,

    /// <summary>The request line or status line is longer than the limit.</summary>
    StartLineTooLong,

    /// <summary>An LF without a CR ends the request line or status line, or stands before it.</summary>
    BareLfInStartLine,

    /// <summary>A CR that is not part of a CRLF in the request line or status line.</summary>
    BareCrInStartLine,

    /// <summary>The method is empty or not a token.</summary>
    InvalidMethod,

    /// <summary>The method has more than 32 bytes.</summary>
    MethodTooLong,

    /// <summary>A standard method that is not in upper case, such as <c>get</c>.</summary>
    MethodNotUpperCase,

    /// <summary>A header of the PROXY protocol, version 1 or 2, in place of a request.</summary>
    UnexpectedProxyHeader,

    /// <summary>A record of TLS with a handshake (RFC 8446 5.1) in place of a request.</summary>
    UnexpectedTls,

    /// <summary>The request target is empty or holds a byte that RFC 3986 does not allow.</summary>
    InvalidTarget,

    /// <summary>A <c>%</c> in the target that two hexadecimal digits do not follow.</summary>
    InvalidPercentEncoding,

    /// <summary><c>%00</c> in the target.</summary>
    EncodedNul,

    /// <summary>The form of the target does not fit the method, or is none of the four (RFC 9112 3.2).</summary>
    TargetFormNotAllowed,

    /// <summary>The absolute form has a scheme other than http and https.</summary>
    UnsupportedScheme,

    /// <summary>The authority in the target is empty or malformed, or has user information.</summary>
    InvalidAuthority,

    /// <summary>The request line ends after the target, as HTTP/0.9 had it.</summary>
    MissingVersion,

    /// <summary>The version is not <c>HTTP/</c>, a digit, a dot and a digit.</summary>
    InvalidVersion,

    /// <summary>A well-formed version other than 1.0 and 1.1.</summary>
    VersionNotSupported,

    /// <summary>The field section is longer than the limit.</summary>
    HeaderTooLarge,

    /// <summary>More fields than the limit.</summary>
    TooManyFields,

    /// <summary>An LF without a CR ends a field line.</summary>
    BareLfInFieldLine,

    /// <summary>A CR that is not part of a CRLF in a field line.</summary>
    BareCrInFieldLine,

    /// <summary>A CR in a field line though LF alone ended the request line, where that is accepted at all.</summary>
    MixedLineEnds,

    /// <summary>A field line that continues the one before it (RFC 9112 5.2), or whitespace before the first field.</summary>
    ObsoleteFold,

    /// <summary>A field line that begins with a colon.</summary>
    EmptyFieldName,

    /// <summary>Whitespace between the field name and the colon (RFC 9112 5.1).</summary>
    SpaceBeforeColon,

    /// <summary>A field line that ends before a colon.</summary>
    MissingColon,

    /// <summary>A byte in a field name that is not allowed in a token.</summary>
    InvalidFieldName,

    /// <summary>A field such as <c>Transfer_Encoding</c>, which some servers take for the framing field.</summary>
    FramingLookAlike,

    /// <summary>NUL or another control character in a field value.</summary>
    InvalidFieldValue,

    /// <summary>HTTP/1.1 without a Host field (RFC 9112 3.2).</summary>
    MissingHost,

    /// <summary>More than one Host field.</summary>
    DuplicateHost,

    /// <summary>The Host field is empty or not a host with an optional port.</summary>
    InvalidHost,

    /// <summary>The Host field and the authority in the target differ.</summary>
    HostMismatch,

    /// <summary>Content-Length is not just digits.</summary>
    InvalidContentLength,

    /// <summary>Content-Length is above 2^63 - 1.</summary>
    ContentLengthOverflow,

    /// <summary>More than one Content-Length, equal or not.</summary>
    DuplicateContentLength,

    /// <summary>Content-Length on a GET, HEAD or DELETE of HTTP/1.0, where servers disagree on whether a body follows.</summary>
    ContentLengthNotAllowed,

    /// <summary>Transfer-Encoding in HTTP/1.0, which does not know it (RFC 9112 6.1).</summary>
    TransferEncodingInHttp10,

    /// <summary>Transfer-Encoding is not a list of codings that ends with one chunked.</summary>
    InvalidTransferEncoding,

    /// <summary>A transfer coding other than chunked (RFC 9112 6.1).</summary>
    UnknownTransferCoding,

    /// <summary>Both Transfer-Encoding and Content-Length (RFC 9112 6.3).</summary>
    ContentLengthWithTransferEncoding,

    /// <summary>An Expect other than <c>100-continue</c> (RFC 9110 10.1.1).</summary>
    UnknownExpectation,

    /// <summary>Connection names more options than Atlas looks at.</summary>
    TooManyConnectionOptions,

    /// <summary>The status line is not a version, a space and three digits.</summary>
    InvalidStatusLine,

    /// <summary>The status code is not in 100 to 599.</summary>
    InvalidStatusCode,

    /// <summary>Content-Length above zero or Transfer-Encoding on a 1xx or 204 response (RFC 9110 8.6, RFC 9112 6.1).</summary>
    BodyNotAllowed,

    /// <summary>The chunk size is not 1 to 16 hexadecimal digits, or something else than an extension follows it.</summary>
    InvalidChunkSize,

    /// <summary>The chunk size is above 2^63 - 1.</summary>
    ChunkSizeOverflow,

    /// <summary>A chunk extension that breaks the grammar of RFC 9112 7.1.1.</summary>
    InvalidChunkExtension,

    /// <summary>The extensions of a chunk are longer than 256 bytes.</summary>
    ChunkExtensionTooLong,

    /// <summary>A line of the chunked coding that ends with LF alone or has a CR that LF does not follow.</summary>
    BareLineEndInChunk,

    /// <summary>Something else than CRLF follows the data of a chunk.</summary>
    MissingChunkEnd,
}
