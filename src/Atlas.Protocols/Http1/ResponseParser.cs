using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Parses response heads (RFC 9112 4 and 5) with the strictness of <see cref="RequestParser"/>; only folded lines are
/// repaired, as RFC 9112 5.2 asks of a proxy. It can be fed in pieces, keeps its place and looks at no accepted byte twice.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct ResponseParser
{
    private StatusLineReader _line;
    private FieldLineReader _fields;
    private int _fieldsStart;
    private ConnectionFlags _connection;
    private byte _connectionOptions;
    private bool _unfolded;
    private ParseStatus _status;

    /// <summary>Why the head was refused; none unless <see cref="Parse"/> said error. Any of them is a 502.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>
    /// Parses as far as the bytes go. Once it said done or error it says so again, until <see cref="Reset"/>.
    /// </summary>
    /// <param name="buffer">
    /// Everything received from the head's first byte on; may hold more. A CRLF that folds a line is overwritten with two
    /// spaces. Between calls the bytes may move to another place but not change.
    /// </param>
    /// <param name="head">Where the result goes; the same for all calls for one head. The first call resets it.</param>
    /// <param name="requestMethod">The method of the request that this answers; it decides whether content follows.</param>
    /// <param name="limits">What is accepted; the same for all calls for one head. The start line is the status line.</param>
    public ParseStatus Parse(Span<byte> buffer, ResponseHead head, HttpMethod requestMethod, in HttpLimits limits)
    {
        if (_status != ParseStatus.NeedMore)
        {
            return _status;
        }

        if (_fieldsStart == 0)
        {
            ParseStatus line = ParseLine(buffer, head, limits.RequestLineBytes);
            if (line != ParseStatus.Done)
            {
                return line;
            }
        }

        return ParseFields(buffer, head, requestMethod, limits);
    }

    /// <summary>Makes it ready for the next head, also after an interim response.</summary>
    public void Reset() => this = default;

    private ParseStatus ParseLine(ReadOnlySpan<byte> buffer, ResponseHead head, int limit)
    {
        if (!_line.HasBegun)
        {
            head.Reset();
        }

        ParseStatus status = _line.Read(buffer, head, limit);
        if (status == ParseStatus.Error)
        {
            return Fail(_line.Error);
        }

        if (status == ParseStatus.Done)
        {
            _fieldsStart = _line.End;
            _fields.Begin(_fieldsStart);
        }

        return status;
    }

    private ParseStatus ParseFields(Span<byte> buffer, ResponseHead head, HttpMethod requestMethod, in HttpLimits limits)
    {
        bool cut = buffer.Length - _fieldsStart >= limits.HeaderBytes;
        Span<byte> section = cut ? buffer[..(_fieldsStart + limits.HeaderBytes)] : buffer;
        while (true)
        {
            if (head.Headers.Count >= limits.HeaderCount && _fields.AnotherFollows(section))
            {
                return Fail(HttpError.TooManyFields);
            }

            FieldLineStatus status = _fields.Read(section, unfold: true, out HeaderField field, out int fold);
            switch (status)
            {
                case FieldLineStatus.Field:
                    HttpError error = Accept(section, head, field);
                    if (error != HttpError.None)
                    {
                        return Fail(error);
                    }

                    break;
                case FieldLineStatus.Fold:
                    section.Slice(fold, 2).Fill((byte)' ');
                    _unfolded = true;
                    break;
                case FieldLineStatus.End:
                    return Complete(section, head, requestMethod);
                case FieldLineStatus.NeedMore:
                    return cut ? Fail(HttpError.HeaderTooLarge) : ParseStatus.NeedMore;
                case FieldLineStatus.Error:
                default:
                    return Fail(_fields.Error);
            }
        }
    }

    private HttpError Accept(ReadOnlySpan<byte> section, ResponseHead head, in HeaderField field)
    {
        HttpError error = HttpError.None;
        switch (field.Known)
        {
            case KnownHeader.Connection:
                _connection |= ConnectionOptions.Read(field.Value.Of(section), ref _connectionOptions);
                error = _connectionOptions > ConnectionOptions.Max ? HttpError.TooManyConnectionOptions : HttpError.None;
                break;
            case KnownHeader.ContentLength:
                error = ResponseFraming.ApplyContentLength(field.Value.Of(section), head);
                break;
            case KnownHeader.TransferEncoding:
                error = ResponseFraming.ApplyTransferEncoding(field.Value.Of(section), head);
                break;
            default:
                break;
        }

        if (error == HttpError.None)
        {
            head.Headers.Add(field);
        }

        return error;
    }

    private ParseStatus Complete(ReadOnlySpan<byte> section, ResponseHead head, HttpMethod requestMethod)
    {
        HttpError error = ResponseFraming.Decide(head, requestMethod);
        if (error != HttpError.None)
        {
            return Fail(error);
        }

        bool persistent = head.Version == HttpVersion.Http11 || (_connection & ConnectionFlags.KeepAlive) != 0;

        // What had to be repaired may not be the only thing that is out of step.
        head.KeepAlive = persistent && !_unfolded
            && (_connection & ConnectionFlags.Close) == 0
            && head.Framing is not (BodyFraming.UntilClose or BodyFraming.Tunnel);
        head.HasConnectionTokens = (_connection & ConnectionFlags.Names) != 0;
        if (head.HasConnectionTokens)
        {
            ConnectionOptions.MarkNominated(section, head.Headers);
        }

        head.Length = _fields.Position;
        _status = ParseStatus.Done;
        return _status;
    }

    private ParseStatus Fail(HttpError error)
    {
        Error = error;
        _status = ParseStatus.Error;
        return _status;
    }
}
