using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// What single fields of a request mean for the message and the connection. Each is applied when its line is complete and
/// before it is added to the table, so that the table still tells whether it is the first of its name.
/// </summary>
internal static class RequestFields
{
    /// <summary>Applies a field. Names that say nothing about the framing or the connection are left alone.</summary>
    public static HttpError Apply(
        ReadOnlySpan<byte> buffer, RequestHead head, KnownHeader known, Slice value, RequestRepairs repairs)
    {
        switch (known)
        {
            case KnownHeader.Host:
                return ApplyHost(buffer, head, value, repairs);
            case KnownHeader.ContentLength:
                return ApplyContentLength(value.Of(buffer), head, repairs);
            case KnownHeader.TransferEncoding:
                return ApplyTransferEncoding(value.Of(buffer), head, repairs);
            case KnownHeader.Expect:
                return ApplyExpect(value.Of(buffer), head);
            case KnownHeader.Upgrade:
                ApplyUpgrade(buffer, head, value);
                return HttpError.None;
            case KnownHeader.Te:
                ApplyTe(value.Of(buffer), head);
                return HttpError.None;
            default:
                return HttpError.None;
        }
    }

    private static HttpError ApplyHost(ReadOnlySpan<byte> buffer, RequestHead head, Slice value, RequestRepairs repairs)
    {
        if (head.Headers.Contains(KnownHeader.Host))
        {
            Slice first = head.Headers[head.Headers.IndexOf(KnownHeader.Host)].Value;
            return first.Of(buffer).SequenceEqual(value.Of(buffer)) && head.TryRepair(RequestRepairs.EqualHosts, repairs)
                ? HttpError.None
                : HttpError.DuplicateHost;
        }

        if (!AuthoritySyntax.TryParse(value.Of(buffer), out int hostLength, out int port))
        {
            return HttpError.InvalidHost;
        }

        if (!head.Authority.IsEmpty)
        {
            return IsSameHost(buffer, head, value) ? HttpError.None : HttpError.HostMismatch;
        }

        head.Authority = value;
        head.Host = new Slice(value.Offset, hostLength);
        head.Port = port;
        return HttpError.None;
    }

    // CONNECT names no scheme whose port a Host without one could stand for, so that such a Host fits any port.
    private static bool IsSameHost(ReadOnlySpan<byte> buffer, RequestHead head, Slice value)
    {
        int defaultPort = head.Form == TargetForm.Authority ? head.Port : head.IsHttpsTarget ? 443 : 80;
        return AuthoritySyntax.AreSame(head.Authority.Of(buffer), value.Of(buffer), defaultPort);
    }

    private static HttpError ApplyContentLength(ReadOnlySpan<byte> value, RequestHead head, RequestRepairs repairs)
    {
        HttpError error = ContentLengthField.Parse(value, out long length);
        if (error == HttpError.InvalidContentLength
            && ContentLengthField.TryParseEqual(value, out length)
            && head.TryRepair(RequestRepairs.EqualLengths, repairs))
        {
            error = HttpError.None;
        }

        if (error != HttpError.None)
        {
            return error;
        }

        if (head.Framing == BodyFraming.Chunked)
        {
            return BesideChunked(head, repairs);
        }

        if (head.Framing == BodyFraming.Length)
        {
            return length == head.ContentLength && head.TryRepair(RequestRepairs.EqualLengths, repairs)
                ? HttpError.None
                : HttpError.DuplicateContentLength;
        }

        if (head.Version == HttpVersion.Http10 && head.Method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Delete)
        {
            return HttpError.ContentLengthNotAllowed;
        }

        head.ContentLength = length;
        head.Framing = BodyFraming.Length;
        return HttpError.None;
    }

    // A second one beside Transfer-Encoding is two kinds of ambiguity at once, whichever stands first.
    private static HttpError BesideChunked(RequestHead head, RequestRepairs repairs) =>
        !head.Headers.Contains(KnownHeader.ContentLength) && head.TryRepair(RequestRepairs.LengthAndChunked, repairs)
            ? HttpError.None
            : HttpError.ContentLengthWithTransferEncoding;

    private static HttpError ApplyTransferEncoding(ReadOnlySpan<byte> value, RequestHead head, RequestRepairs repairs)
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

        if (head.Framing == BodyFraming.Length && !head.TryRepair(RequestRepairs.LengthAndChunked, repairs))
        {
            return HttpError.ContentLengthWithTransferEncoding;
        }

        head.ContentLength = -1;
        head.Framing = BodyFraming.Chunked;
        return HttpError.None;
    }

    // An HTTP/1.0 client knows no interim responses, so its expectation is ignored (RFC 9110 10.1.1).
    private static HttpError ApplyExpect(ReadOnlySpan<byte> value, RequestHead head)
    {
        if (!Ascii.EqualsIgnoreCase(value, "100-continue"u8))
        {
            return HttpError.UnknownExpectation;
        }

        head.ExpectContinue = head.Version == HttpVersion.Http11;
        return HttpError.None;
    }

    private static void ApplyUpgrade(ReadOnlySpan<byte> buffer, RequestHead head, Slice value)
    {
        TokenList protocols = new(value.Of(buffer));
        while (head.UpgradeProtocol.IsEmpty && protocols.MoveNext())
        {
            ReadOnlySpan<byte> protocol = protocols.Current;
            if (IsForwardable(protocol))
            {
                head.UpgradeProtocol = new Slice(value.Offset + protocols.Offset, protocol.Length);
            }
        }
    }

    // protocol = token ["/" token] (RFC 9110 7.8). HTTP/2 in clear text would pass the proxy's rules by.
    private static bool IsForwardable(ReadOnlySpan<byte> protocol)
    {
        if (Ascii.EqualsIgnoreCase(protocol, "h2c"u8) || Ascii.EqualsIgnoreCase(protocol, "h2"u8))
        {
            return false;
        }

        int slash = protocol.IndexOf((byte)'/');
        return slash < 0
            ? FieldSyntax.IsToken(protocol)
            : FieldSyntax.IsToken(protocol[..slash]) && FieldSyntax.IsToken(protocol[(slash + 1)..]);
    }

    private static void ApplyTe(ReadOnlySpan<byte> value, RequestHead head)
    {
        foreach (ReadOnlySpan<byte> coding in new TokenList(value))
        {
            head.TeTrailers |= Ascii.EqualsIgnoreCase(coding, "trailers"u8);
        }
    }
}
