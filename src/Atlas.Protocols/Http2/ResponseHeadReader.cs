using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Http2;

/// <summary>
/// Checks the head of a response (RFC 9113 8.2 and 8.3) and writes it as one of HTTP/1.1, for the parser that has the rest of
/// the rules. How the content ends is said as HTTP/1.1 says it: chunked where the length is not known and content may follow,
/// length 0 where the stream ends and nothing else says so.
/// </summary>
internal ref struct ResponseHeadReader
{
    private readonly HpackFields _fields;

    private ResponseHeadReader(HpackFields fields) => _fields = fields;

    /// <summary>The status, 100 to 599.</summary>
    public int Status { get; private set; }

    /// <summary>The Content-Length, -1 if there is none.</summary>
    public long ContentLength { get; private set; } = -1;

    /// <summary>Whether another head follows.</summary>
    public readonly bool IsInterim => Status < 200;

    /// <summary>Checks a head.</summary>
    /// <param name="fields">The decoded block, within its limits.</param>
    /// <param name="head">What was found, if nothing is wrong.</param>
    public static Http2Error Check(HpackFields fields, out ResponseHeadReader head)
    {
        head = new ResponseHeadReader(fields);
        return head.Scan();
    }

    /// <summary>Whether content may follow.</summary>
    /// <param name="isHeadRequest">Whether the request is HEAD.</param>
    public readonly bool MayHaveContent(bool isHeadRequest) => !isHeadRequest && Status is >= 200 and not (204 or 304);

    /// <summary>Writes the text of a head that was checked.</summary>
    /// <param name="destination">As many bytes as the fields count, and <see cref="RequestHeadReader.ExtraBytes"/>.</param>
    /// <param name="isHeadRequest">Whether the request is HEAD.</param>
    /// <param name="endStream">Whether no content follows.</param>
    /// <param name="isTunnel">
    /// Whether the request is an extended CONNECT: success is then said as HTTP/1.1 says it of an upgrade, with 101.
    /// </param>
    /// <returns>Bytes written.</returns>
    public readonly int Write(Span<byte> destination, bool isHeadRequest, bool endStream, bool isTunnel)
    {
        bool isUpgrade = isTunnel && Status is >= 200 and < 300;
        HeadWriter writer = new(destination);
        writer.StatusLine(isUpgrade ? 101 : Status, default);
        for (int i = 0; i < _fields.Count; i++)
        {
            ReadOnlySpan<byte> name = _fields.Name(i);
            if (name[0] != ':' && !(isUpgrade && _fields.Known(i) == KnownHeader.ContentLength))
            {
                writer.Field(name, _fields.Value(i));
            }
        }

        if (isUpgrade)
        {
            writer.Field("connection"u8, "upgrade"u8);
            writer.Field("upgrade"u8, "websocket"u8);
        }
        else if (ContentLength < 0 && MayHaveContent(isHeadRequest))
        {
            if (endStream)
            {
                writer.Field("content-length"u8, 0);
            }
            else
            {
                writer.Field("transfer-encoding"u8, "chunked"u8);
            }
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
                error = !name.SequenceEqual(":status"u8) ? Http2Error.UnknownPseudoField
                    : !mayBePseudo ? Http2Error.LatePseudoField
                    : TakeStatus(_fields.Value(i));
            }
            else
            {
                mayBePseudo = false;
                error = FieldRules.Check(_fields, i);
                error = error == Http2Error.None ? TakeField(i) : error;
            }

            if (error != Http2Error.None)
            {
                return error;
            }
        }

        return Status == 0 ? Http2Error.MissingPseudoField : Http2Error.None;
    }

    private Http2Error TakeStatus(ReadOnlySpan<byte> value)
    {
        if (Status != 0)
        {
            return Http2Error.DuplicatePseudoField;
        }

        if (value.Length != 3 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return Http2Error.InvalidStatus;
        }

        Status = ((value[0] - '0') * 100) + ((value[1] - '0') * 10) + (value[2] - '0');
        return Status is < 100 or > 599 or 101 ? Http2Error.InvalidStatus : Http2Error.None;
    }

    private Http2Error TakeField(int index)
    {
        switch (_fields.Known(index))
        {
            case KnownHeader.Te:
                // Requests may have it, with one value; responses may not (RFC 9113 8.2.2).
                return Http2Error.InvalidTe;
            case KnownHeader.ContentLength:
                long length = ContentLength;
                Http2Error error = FieldRules.TakeLength(_fields.Value(index), ref length);
                ContentLength = length;
                return error;
            default:
                return Http2Error.None;
        }
    }
}
