using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Http2;

/// <summary>
/// Checks the head of a request (RFC 9113 8.2 and 8.3) and writes it as one of HTTP/1.1, for the parser that has the rest of
/// the rules.
/// </summary>
/// <remarks>
/// What becomes of it:
/// <code>
/// :method GET, :path /a, :authority b       GET /a HTTP/1.1, host: b
/// :method CONNECT, :authority b:443         CONNECT b:443 HTTP/1.1, host: b:443
/// the same with :protocol websocket         GET /a HTTP/1.1, host: b, connection: upgrade, upgrade: websocket
/// content of unknown length                 transfer-encoding: chunked
/// cookie: a=b, cookie: c=d                  cookie: a=b; c=d
/// </code>
/// </remarks>
internal ref struct RequestHeadReader
{
    /// <summary>What the text has more than the fields count, at the most.</summary>
    public const int ExtraBytes = 256;

    private readonly HpackFields _fields;
    private readonly bool _endStream;

    // The indexes of the pseudo-header fields and of Host; -1 where there is none.
    private int _method = -1;
    private int _scheme = -1;
    private int _path = -1;
    private int _authority = -1;
    private int _protocol = -1;
    private int _host = -1;

    private RequestHeadReader(HpackFields fields, bool endStream)
    {
        _fields = fields;
        _endStream = endStream;
    }

    /// <summary>The Content-Length, -1 if there is none.</summary>
    public long ContentLength { get; private set; } = -1;

    /// <summary>Whether it is an extended CONNECT (RFC 8441).</summary>
    public readonly bool IsExtendedConnect => _protocol >= 0;

    /// <summary>The index of the Priority field; -1 if there is none.</summary>
    public int Priority { get; private set; } = -1;

    /// <summary>Checks a head.</summary>
    /// <param name="fields">The decoded block, within its limits.</param>
    /// <param name="endStream">Whether no content follows.</param>
    /// <param name="head">What was found, if nothing is wrong.</param>
    public static Http2Error Check(HpackFields fields, bool endStream, out RequestHeadReader head)
    {
        head = new RequestHeadReader(fields, endStream);
        Http2Error error = head.Scan();
        if (error == Http2Error.None)
        {
            error = head.CheckPseudoFields();
        }

        if (error == Http2Error.None)
        {
            error = head.CheckAuthority();
        }

        return error == Http2Error.None && endStream && head.ContentLength > 0 ? Http2Error.ContentLengthMismatch : error;
    }

    /// <summary>Writes the text of a head that was checked.</summary>
    /// <param name="destination">As many bytes as the fields count, and <see cref="ExtraBytes"/>.</param>
    /// <param name="webSocketKey">What an extended CONNECT gets as Sec-WebSocket-Key; empty for none.</param>
    /// <returns>Bytes written.</returns>
    public readonly int Write(Span<byte> destination, ReadOnlySpan<byte> webSocketKey)
    {
        HeadWriter writer = new(destination);
        bool isConnect = _path < 0;
        ReadOnlySpan<byte> method = IsExtendedConnect ? "GET"u8 : _fields.Value(_method);
        writer.RequestLine(method, _fields.Value(isConnect ? _authority : _path));
        int host = _authority >= 0 ? _authority : _host;
        if (host >= 0)
        {
            writer.Field("host"u8, _fields.Value(host));
        }

        WriteFields(ref writer);
        if (ContentLength >= 0)
        {
            writer.Field("content-length"u8, ContentLength);
        }

        if (IsExtendedConnect)
        {
            writer.Field("connection"u8, "upgrade"u8);
            writer.Field("upgrade"u8, _fields.Value(_protocol));
            if (!webSocketKey.IsEmpty)
            {
                writer.Field("sec-websocket-key"u8, webSocketKey);
            }
        }
        else if (!_endStream && ContentLength < 0 && !isConnect)
        {
            writer.Field("transfer-encoding"u8, "chunked"u8);
        }

        writer.End();
        return writer.Written;
    }

    private Http2Error Scan()
    {
        bool mayBePseudo = true;
        for (int i = 0; i < _fields.Count; i++)
        {
            ReadOnlySpan<byte> name = _fields.Name(i);
            Http2Error error;
            if (!name.IsEmpty && name[0] == ':')
            {
                error = mayBePseudo ? TakePseudoField(name, i) : Http2Error.LatePseudoField;
            }
            else
            {
                mayBePseudo = false;
                error = FieldRules.Check(_fields, i);
                if (error == Http2Error.None)
                {
                    error = TakeField(_fields.Known(i), i);
                }
            }

            if (error != Http2Error.None)
            {
                return error;
            }
        }

        return Http2Error.None;
    }

    private Http2Error TakePseudoField(ReadOnlySpan<byte> name, int index) => name.Length switch
    {
        5 when name.SequenceEqual(":path"u8) => Take(ref _path, index),
        7 when name.SequenceEqual(":method"u8) => Take(ref _method, index),
        7 when name.SequenceEqual(":scheme"u8) => Take(ref _scheme, index),
        9 when name.SequenceEqual(":protocol"u8) => Take(ref _protocol, index),
        10 when name.SequenceEqual(":authority"u8) => Take(ref _authority, index),
        _ => Http2Error.UnknownPseudoField,
    };

    private static Http2Error Take(ref int place, int index)
    {
        if (place >= 0)
        {
            return Http2Error.DuplicatePseudoField;
        }

        place = index;
        return Http2Error.None;
    }

    private Http2Error TakeField(KnownHeader known, int index)
    {
        switch (known)
        {
            case KnownHeader.Host:
                if (_host >= 0)
                {
                    return Http2Error.DuplicateHost;
                }

                _host = index;
                return Http2Error.None;
            case KnownHeader.ContentLength:
                long length = ContentLength;
                Http2Error error = FieldRules.TakeLength(_fields.Value(index), ref length);
                ContentLength = length;
                return error;
            case KnownHeader.Priority:
                Priority = index;
                return Http2Error.None;
            default:
                return Http2Error.None;
        }
    }

    // RFC 9113 8.3.1 and 8.5, RFC 8441 4.
    private readonly Http2Error CheckPseudoFields()
    {
        if (_method < 0)
        {
            return Http2Error.MissingPseudoField;
        }

        ReadOnlySpan<byte> method = _fields.Value(_method);
        if (!FieldSyntax.IsToken(method))
        {
            return Http2Error.InvalidMethod;
        }

        bool isConnect = method.SequenceEqual("CONNECT"u8);
        if (_protocol >= 0)
        {
            if (!isConnect || !FieldSyntax.IsToken(_fields.Value(_protocol)))
            {
                return Http2Error.InvalidProtocol;
            }

            if (_authority < 0)
            {
                return Http2Error.MissingPseudoField;
            }
        }
        else if (isConnect)
        {
            return _scheme >= 0 || _path >= 0 ? Http2Error.InvalidConnect
                : _authority < 0 ? Http2Error.MissingPseudoField
                : ContentLength >= 0 ? Http2Error.InvalidConnect
                : Http2Error.None;
        }

        if (_scheme < 0 || _path < 0)
        {
            return Http2Error.MissingPseudoField;
        }

        if (_protocol >= 0 && ContentLength >= 0)
        {
            return Http2Error.InvalidConnect;
        }

        return !IsHttp(_fields.Value(_scheme)) ? Http2Error.InvalidScheme
            : !IsPath(_fields.Value(_path), method) ? Http2Error.InvalidPath
            : Http2Error.None;
    }

    private readonly Http2Error CheckAuthority()
    {
        if (_authority >= 0 && !AuthoritySyntax.TryParse(_fields.Value(_authority), out _, out _))
        {
            return Http2Error.InvalidAuthority;
        }

        if (_host >= 0 && !AuthoritySyntax.TryParse(_fields.Value(_host), out _, out _))
        {
            return Http2Error.InvalidAuthority;
        }

        if (_authority < 0 || _host < 0)
        {
            return Http2Error.None;
        }

        int port = _scheme >= 0 && _fields.Value(_scheme).Length == 5 ? 443 : 80;
        return AuthoritySyntax.AreSame(_fields.Value(_authority), _fields.Value(_host), port) ? Http2Error.None : Http2Error.HostMismatch;
    }

    private static bool IsHttp(ReadOnlySpan<byte> scheme) =>
        System.Text.Ascii.EqualsIgnoreCase(scheme, "https"u8) || System.Text.Ascii.EqualsIgnoreCase(scheme, "http"u8);

    // What else is wrong with a target the parser finds, and it is answered. What would end the request line may not get there.
    private static bool IsPath(ReadOnlySpan<byte> path, ReadOnlySpan<byte> method)
    {
        if (path.IsEmpty || path.ContainsAnyInRange((byte)0, (byte)' ') || path.Contains((byte)127))
        {
            return false;
        }

        return path[0] == '/' || (path.Length == 1 && path[0] == '*' && method.SequenceEqual("OPTIONS"u8));
    }

    private readonly void WriteFields(ref HeadWriter writer)
    {
        int cookie = -1;
        for (int i = 0; i < _fields.Count; i++)
        {
            KnownHeader known = _fields.Known(i);
            switch (known)
            {
                case KnownHeader.Host:
                case KnownHeader.ContentLength:
                    break;
                case KnownHeader.Cookie:
                    cookie = cookie < 0 ? i : cookie;
                    break;
                case KnownHeader.SecWebSocketKey when IsExtendedConnect:
                    break;
                default:
                    ReadOnlySpan<byte> name = _fields.Name(i);
                    if (name[0] != ':')
                    {
                        writer.Field(name, _fields.Value(i));
                    }

                    break;
            }
        }

        if (cookie >= 0)
        {
            WriteCookies(ref writer, cookie);
        }
    }

    // RFC 9113 8.2.3.
    private readonly void WriteCookies(ref HeadWriter writer, int first)
    {
        writer.BeginField("cookie"u8);
        writer.Append(_fields.Value(first));
        for (int i = first + 1; i < _fields.Count; i++)
        {
            if (_fields.Known(i) == KnownHeader.Cookie)
            {
                writer.Append("; "u8);
                writer.Append(_fields.Value(i));
            }
        }

        writer.EndField();
    }
}
