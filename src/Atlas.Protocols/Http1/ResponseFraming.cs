using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>How the content of a response ends (RFC 9112 6.3).</summary>
/// <remarks>
/// <code>
/// status, request method    Transfer-Encoding   Content-Length    neither
/// 101                       error               above 0: error    tunnel
/// other 1xx, 204            error               above 0: error    none
/// 2xx to CONNECT            ignored             ignored           tunnel
/// 304, any to HEAD          none                none              none
/// any other                 chunked             length            until the connection closes
/// </code>
/// </remarks>
internal static class ResponseFraming
{
    /// <summary>
    /// Takes a Content-Length, of which there may be one only: servers that send several do not agree with themselves.
    /// </summary>
    public static HttpError ApplyContentLength(ReadOnlySpan<byte> value, ResponseHead head)
    {
        HttpError error = ContentLengthField.Parse(value, out long length);
        if (error != HttpError.None)
        {
            return error;
        }

        if (head.Framing == BodyFraming.Chunked)
        {
            return HttpError.ContentLengthWithTransferEncoding;
        }

        if (head.Framing == BodyFraming.Length)
        {
            return HttpError.DuplicateContentLength;
        }

        head.ContentLength = length;
        head.Framing = BodyFraming.Length;
        return HttpError.None;
    }

    /// <summary>Takes a Transfer-Encoding; only <c>chunked</c> is known, and not in HTTP/1.0.</summary>
    public static HttpError ApplyTransferEncoding(ReadOnlySpan<byte> value, ResponseHead head)
    {
        if (head.Version == HttpVersion.Http10)
        {
            return HttpError.TransferEncodingInHttp10;
        }

        // Two lines are one list, in which chunked would stand before the end.
        if (head.Framing == BodyFraming.Chunked)
        {
            return HttpError.InvalidTransferEncoding;
        }

        HttpError error = TransferEncodingField.Check(value);
        if (error != HttpError.None)
        {
            return error;
        }

        if (head.Framing == BodyFraming.Length)
        {
            return HttpError.ContentLengthWithTransferEncoding;
        }

        head.Framing = BodyFraming.Chunked;
        return HttpError.None;
    }

    /// <summary>Decides when all fields are known. See the table above.</summary>
    public static HttpError Decide(ResponseHead head, HttpMethod requestMethod)
    {
        if (head.Status is < 200 or 204)
        {
            if (head.Framing == BodyFraming.Chunked || head.ContentLength > 0)
            {
                return HttpError.BodyNotAllowed;
            }

            head.Framing = head.Status == 101 ? BodyFraming.Tunnel : BodyFraming.None;
        }
        else if (requestMethod == HttpMethod.Connect && head.Status < 300)
        {
            head.Framing = BodyFraming.Tunnel;
            head.ContentLength = -1;
        }
        else if (requestMethod == HttpMethod.Head || head.Status == 304)
        {
            head.Framing = BodyFraming.None;
        }
        else if (head.Framing == BodyFraming.None)
        {
            head.Framing = BodyFraming.UntilClose;
        }

        return HttpError.None;
    }
}
