using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Parses request heads (RFC 9112 3 and 5) and refuses everything that another server could read in another way, except for
/// what the caller has it repair. It can be fed in pieces: it keeps its place and looks at no accepted byte twice. The result
/// does not depend on how the bytes were split. What it finds lies in the buffer; it allocates nothing once the head's table
/// has grown.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct RequestParser
{
    private RequestLineReader _line;
    private FieldLineReader _fields;
    private int _fieldsStart;
    private ConnectionFlags _connection;
    private byte _connectionOptions;
    private ParseStatus _status;

    /// <summary>Why the head was refused; none unless <see cref="Parse"/> said error.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>
    /// Parses as far as the bytes go. An error is found when its line is complete, or earlier; a limit as soon as the bytes
    /// received exceed it. Once it said done or error it says so again, until <see cref="Reset"/>.
    /// </summary>
    /// <param name="buffer">
    /// Everything received from the head's first byte on. It may hold more than the head: <see cref="RequestHead.Length"/>
    /// tells where it ends. Between calls the bytes may move to another place but not change.
    /// </param>
    /// <param name="head">Where the result goes; the same for all calls for one head. The first call resets it.</param>
    /// <param name="limits">How much is accepted; the same for all calls for one head.</param>
    /// <param name="repairs">What is repaired instead of refused; the same for all calls for one head.</param>
    public ParseStatus Parse(
        ReadOnlySpan<byte> buffer, RequestHead head, in HttpLimits limits, RequestRepairs repairs = RequestRepairs.None)
    {
        if (_status != ParseStatus.NeedMore)
        {
            return _status;
        }

        if (_fieldsStart == 0)
        {
            ParseStatus line = ParseLine(buffer, head, limits.RequestLineBytes, repairs);
            if (line != ParseStatus.Done)
            {
                return line;
            }
        }

        return ParseFields(buffer, head, limits, repairs);
    }

    /// <summary>Makes it ready for the next head.</summary>
    public void Reset() => this = default;

    private ParseStatus ParseLine(ReadOnlySpan<byte> buffer, RequestHead head, int limit, RequestRepairs repairs)
    {
        if (!_line.HasBegun)
        {
            head.Reset();
        }

        ParseStatus status = _line.Read(buffer, head, limit, repairs);
        if (status == ParseStatus.NeedMore)
        {
            return status;
        }

        if (status == ParseStatus.Error)
        {
            return Fail(_line.Error);
        }

        HttpError error = RequestTarget.Analyse(buffer, head);
        if (error != HttpError.None)
        {
            return Fail(error);
        }

        _fieldsStart = _line.End;
        _fields.Begin(_fieldsStart, _line.EndsWithBareLf);
        return ParseStatus.Done;
    }

    private ParseStatus ParseFields(ReadOnlySpan<byte> buffer, RequestHead head, in HttpLimits limits, RequestRepairs repairs)
    {
        bool cut = buffer.Length - _fieldsStart >= limits.HeaderBytes;
        ReadOnlySpan<byte> section = cut ? buffer[..(_fieldsStart + limits.HeaderBytes)] : buffer;
        while (true)
        {
            if (head.Headers.Count >= limits.HeaderCount && _fields.AnotherFollows(section))
            {
                return Fail(HttpError.TooManyFields);
            }

            FieldLineStatus status = _fields.Read(section, unfold: false, out HeaderField field, out _);
            switch (status)
            {
                case FieldLineStatus.Field:
                    HttpError error = Accept(section, head, field, repairs);
                    if (error != HttpError.None)
                    {
                        return Fail(error);
                    }

                    break;
                case FieldLineStatus.End:
                    return Complete(section, head);
                case FieldLineStatus.NeedMore:
                    return cut ? Fail(HttpError.HeaderTooLarge) : ParseStatus.NeedMore;
                case FieldLineStatus.Fold:
                case FieldLineStatus.Error:
                default:
                    return Fail(_fields.Error);
            }
        }
    }

    private HttpError Accept(ReadOnlySpan<byte> section, RequestHead head, in HeaderField field, RequestRepairs repairs)
    {
        KnownHeader known = field.Known;
        if (known == KnownHeader.Connection)
        {
            _connection |= ConnectionOptions.Read(field.Value.Of(section), ref _connectionOptions);
            if (_connectionOptions > ConnectionOptions.Max)
            {
                return HttpError.TooManyConnectionOptions;
            }
        }
        else if (known is not KnownHeader.None and <= KnownHeader.Te)
        {
            HttpError error = RequestFields.Apply(section, head, known, field.Value, repairs);
            if (error != HttpError.None)
            {
                return error;
            }
        }

        head.Headers.Add(field);
        return HttpError.None;
    }

    private ParseStatus Complete(ReadOnlySpan<byte> section, RequestHead head)
    {
        if (head.Version == HttpVersion.Http11 && !head.Headers.Contains(KnownHeader.Host))
        {
            return Fail(HttpError.MissingHost);
        }

        bool persistent = head.Version == HttpVersion.Http11 || (_connection & ConnectionFlags.KeepAlive) != 0;
        head.KeepAlive = persistent && (_connection & ConnectionFlags.Close) == 0;
        head.UpgradeRequested = head.Version == HttpVersion.Http11
            && (_connection & ConnectionFlags.Upgrade) != 0
            && !head.UpgradeProtocol.IsEmpty;
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
