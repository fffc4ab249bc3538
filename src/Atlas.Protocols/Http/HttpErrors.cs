namespace Atlas.Protocols.Http;

/// <summary>What to answer and what to log for an <see cref="HttpError"/>.</summary>
public static class HttpErrors
{
    /// <summary>
    /// The status code for the client that sent the request. Errors of responses have one too, 502.
    /// <see cref="HttpError.None"/> has 200.
    /// </summary>
    public static int StatusCode(this HttpError error) => error switch
    {
        HttpError.None => 200,
        HttpError.StartLineTooLong => 414,
        HttpError.HeaderTooLarge or HttpError.TooManyFields => 431,
        HttpError.UnknownExpectation => 417,
        HttpError.UnknownTransferCoding => 501,
        HttpError.VersionNotSupported => 505,
        HttpError.InvalidStatusLine or HttpError.InvalidStatusCode or HttpError.BodyNotAllowed => 502,
        _ => 400,
    };

    /// <summary>A short English text for logs. It holds nothing from the peer.</summary>
    public static string Text(this HttpError error) => error switch
    {
        HttpError.None => "no error",
        HttpError.TooManyEmptyLines => "too many empty lines before the request line",
        HttpError.StartLineTooLong => "start line too long",
        HttpError.BareLfInStartLine => "bare LF in the start line",
        HttpError.BareCrInStartLine => "bare CR in the start line",
        HttpError.InvalidMethod => "method is not a token",
        HttpError.MethodTooLong => "method too long",
        HttpError.MethodNotUpperCase => "standard method not in upper case",
        HttpError.UnexpectedProxyHeader => "PROXY protocol header from a peer that accept_proxy_protocol does not list",
        HttpError.UnexpectedTls => "this port speaks plain HTTP, and the client began TLS",
        HttpError.InvalidTarget => "byte in the request target that is not allowed",
        HttpError.InvalidPercentEncoding => "bad percent-encoding in the request target",
        HttpError.EncodedNul => "%00 in the request target",
        HttpError.TargetFormNotAllowed => "form of the request target does not fit the method",
        HttpError.UnsupportedScheme => "scheme of the request target is not http or https",
        HttpError.InvalidAuthority => "bad authority in the request target",
        HttpError.MissingVersion => "no HTTP version in the request line",
        HttpError.InvalidVersion => "malformed HTTP version",
        HttpError.VersionNotSupported => "HTTP version not supported",
        HttpError.HeaderTooLarge => "header section too large",
        HttpError.TooManyFields => "too many header fields",
        HttpError.BareLfInFieldLine => "bare LF in a header line",
        HttpError.BareCrInFieldLine => "bare CR in a header line",
        HttpError.MixedLineEnds => "CR in a header line after a bare LF in the start line",
        HttpError.ObsoleteFold => "folded header line",
        HttpError.EmptyFieldName => "empty header name",
        HttpError.SpaceBeforeColon => "whitespace before the colon of a header line",
        HttpError.MissingColon => "header line without a colon",
        HttpError.InvalidFieldName => "byte in a header name that is not allowed",
        HttpError.FramingLookAlike => "header name that resembles a framing header",
        HttpError.InvalidFieldValue => "control character in a header value",
        HttpError.MissingHost => "no Host header",
        HttpError.DuplicateHost => "more than one Host header",
        HttpError.InvalidHost => "bad Host header",
        HttpError.HostMismatch => "Host header and request target differ",
        HttpError.InvalidContentLength => "bad Content-Length",
        HttpError.ContentLengthOverflow => "Content-Length too large",
        HttpError.DuplicateContentLength => "more than one Content-Length",
        HttpError.ContentLengthNotAllowed => "Content-Length on an HTTP/1.0 request without a body",
        HttpError.TransferEncodingInHttp10 => "Transfer-Encoding in HTTP/1.0",
        HttpError.InvalidTransferEncoding => "bad Transfer-Encoding",
        HttpError.UnknownTransferCoding => "unknown transfer coding",
        HttpError.ContentLengthWithTransferEncoding => "both Content-Length and Transfer-Encoding",
        HttpError.UnknownExpectation => "unknown expectation",
        HttpError.TooManyConnectionOptions => "too many connection options",
        HttpError.InvalidStatusLine => "malformed status line",
        HttpError.InvalidStatusCode => "status code outside 100 to 599",
        HttpError.BodyNotAllowed => "body on a 1xx or 204 response",
        HttpError.InvalidChunkSize => "bad chunk size",
        HttpError.ChunkSizeOverflow => "chunk size too large",
        HttpError.InvalidChunkExtension => "bad chunk extension",
        HttpError.ChunkExtensionTooLong => "chunk extension too long",
        HttpError.BareLineEndInChunk => "bare CR or LF in a chunk",
        HttpError.MissingChunkEnd => "no CRLF after the data of a chunk",
        _ => "unknown error",
    };
}
