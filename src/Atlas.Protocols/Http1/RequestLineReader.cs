using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Reads a request line (RFC 9112 3) and the empty lines before it, each byte once however the input is split.
/// </summary>
/// <remarks>
/// <code>
/// state    reads                                   ends at     then
/// Empty    CRLFs, at most MaxEmptyLines            other byte  Method
/// Method   token bytes, at most MaxMethodBytes     SP          Target
/// Target   bytes of a URI, checks each "%"         SP          Version
/// Version  HTTP/d.d                                CRLF        Done; LF as well where it may be repaired
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct RequestLineReader
{
    private const int MaxEmptyLines = 4;
    private const int MaxMethodBytes = 32;
    private const int VersionBytes = 8;

    // unreserved, gen-delims without "#" and "?", sub-delims (RFC 3986 2.2 and 2.3). "?" and "%" stop the scan to be looked at.
    private static readonly SearchValues<byte> TargetCharacters = SearchValues.Create(
        "!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~"u8);

    // Version 2 of the PROXY protocol begins with two empty lines and a NUL.
    private const int ProxySignatureEmptyBytes = 4;

    // The type of a record that holds a handshake (RFC 8446 5.1).
    private const byte TlsHandshake = 22;

    private State _state;

    // The first byte of the request line, after the empty ones.
    private int _start;

    // The first byte of the part that the state reads.
    private int _part;

    // The first byte that was not looked at yet.
    private int _scanned;

    private enum State : byte
    {
        Empty,
        Method,
        Target,
        Version,
        Done,
    }

    /// <summary>Why the line was refused.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>Whether a byte of the line itself was seen, so that something may stand in the head.</summary>
    public readonly bool HasBegun => _state != State.Empty;

    /// <summary>The first byte after the line, once it is done.</summary>
    public readonly int End => _scanned;

    /// <summary>Whether LF alone ended it.</summary>
    public bool EndsWithBareLf { readonly get; private set; }

    /// <summary>Reads as far as the bytes go.</summary>
    /// <param name="buffer">Everything received so far.</param>
    /// <param name="head">Gets the method, the target as a whole, the query and the version.</param>
    /// <param name="limit">The most bytes of the line with its CRLF.</param>
    /// <param name="repairs">What may be repaired; of it, <see cref="RequestRepairs.BareLf"/> is looked at.</param>
    public ParseStatus Read(ReadOnlySpan<byte> buffer, RequestHead head, int limit, RequestRepairs repairs)
    {
        if (_state == State.Empty && !SkipEmptyLines(buffer))
        {
            return Error == HttpError.None ? ParseStatus.NeedMore : ParseStatus.Error;
        }

        bool cut = buffer.Length - _start >= limit;
        ReadOnlySpan<byte> line = cut ? buffer[..(_start + limit)] : buffer;
        if ((_state > State.Method || ReadMethod(line, head))
            && (_state > State.Target || ReadTarget(line, head))
            && ReadVersion(line, head, repairs))
        {
            return ParseStatus.Done;
        }

        if (Error == HttpError.None && cut)
        {
            Error = HttpError.StartLineTooLong;
        }

        return Error == HttpError.None ? ParseStatus.NeedMore : ParseStatus.Error;
    }

    private bool SkipEmptyLines(ReadOnlySpan<byte> buffer)
    {
        while (_scanned < buffer.Length && buffer[_scanned] is (byte)'\r' or (byte)'\n')
        {
            if (buffer[_scanned] == '\n')
            {
                return Fail(HttpError.BareLfInStartLine);
            }

            if (_scanned + 1 >= buffer.Length)
            {
                return false;
            }

            if (buffer[_scanned + 1] != '\n')
            {
                return Fail(HttpError.BareCrInStartLine);
            }

            _scanned += 2;
            if (_scanned > 2 * MaxEmptyLines)
            {
                return Fail(HttpError.TooManyEmptyLines);
            }
        }

        if (_scanned == buffer.Length)
        {
            return false;
        }

        _start = _scanned;
        _part = _scanned;
        _state = State.Method;
        return true;
    }

    private bool ReadMethod(ReadOnlySpan<byte> line, RequestHead head)
    {
        if (line[_part..].StartsWith("GET "u8))
        {
            AcceptMethod(head, HttpMethod.Get, _part + 3);
            return true;
        }

        int length = line[_scanned..].IndexOfAnyExcept(FieldSyntax.Token);
        int end = length < 0 ? line.Length : _scanned + length;
        _scanned = end;
        if (end - _part > MaxMethodBytes)
        {
            return Fail(HttpError.MethodTooLong);
        }

        if (length < 0)
        {
            return false;
        }

        if (line[end] == 0 && end == ProxySignatureEmptyBytes && end == _part)
        {
            return Fail(HttpError.UnexpectedProxyHeader);
        }

        if (line[end] == TlsHandshake && end == 0)
        {
            // With SSL 3.0 and all versions of TLS, the major version is 3.
            return line.Length > 1 && Fail(line[1] == 3 ? HttpError.UnexpectedTls : HttpError.InvalidMethod);
        }

        if (line[end] != ' ' || end == _part)
        {
            return FailAtLineEnd(line, HttpError.InvalidMethod, HttpError.InvalidMethod);
        }

        ReadOnlySpan<byte> name = line[_part..end];
        HttpMethod method = HttpMethods.Recognize(name);
        if (method == HttpMethod.Other && IsStandardInOtherCase(name))
        {
            return Fail(HttpError.MethodNotUpperCase);
        }

        AcceptMethod(head, method, end);
        return true;
    }

    private void AcceptMethod(RequestHead head, HttpMethod method, int end)
    {
        head.Method = method;
        head.MethodName = new Slice(_part, end - _part);
        _part = end + 1;
        _scanned = _part;
        _state = State.Target;
    }

    private bool ReadTarget(ReadOnlySpan<byte> line, RequestHead head)
    {
        while (true)
        {
            int length = line[_scanned..].IndexOfAnyExcept(TargetCharacters);
            if (length < 0)
            {
                _scanned = line.Length;
                return false;
            }

            _scanned += length;
            if (head.Method == HttpMethod.Other && IsProxyHeader(line, head))
            {
                return Fail(HttpError.UnexpectedProxyHeader);
            }

            switch (line[_scanned])
            {
                case (byte)' ' when _scanned > _part:
                    head.Target = new Slice(_part, _scanned - _part);
                    if (head.HasQuery)
                    {
                        head.Query = new Slice(head.Query.Offset, _scanned - head.Query.Offset);
                    }

                    _part = ++_scanned;
                    _state = State.Version;
                    return true;
                case (byte)'?':
                    if (!head.HasQuery)
                    {
                        head.HasQuery = true;
                        head.Query = new Slice(_scanned + 1, 0);
                    }

                    _scanned++;
                    break;
                case (byte)'%':
                    if (!ReadPercent(line))
                    {
                        return false;
                    }

                    break;
                default:
                    return FailAtLineEnd(line, HttpError.MissingVersion, HttpError.InvalidTarget);
            }
        }
    }

    // Version 1. None of its protocols is a target that a request may have.
    private readonly bool IsProxyHeader(ReadOnlySpan<byte> line, RequestHead head)
    {
        ReadOnlySpan<byte> target = line[_part.._scanned];
        return head.MethodName.Of(line).SequenceEqual("PROXY"u8)
            && line[_scanned] is (byte)' ' or (byte)'\r'
            && (target.SequenceEqual("TCP4"u8) || target.SequenceEqual("TCP6"u8) || target.SequenceEqual("UNKNOWN"u8));
    }

    private bool ReadPercent(ReadOnlySpan<byte> line)
    {
        if (_scanned + 2 >= line.Length)
        {
            return false;
        }

        int value = PercentEncoding.ByteOf(line[_scanned + 1], line[_scanned + 2]);
        if (value <= 0)
        {
            return Fail(value < 0 ? HttpError.InvalidPercentEncoding : HttpError.EncodedNul);
        }

        _scanned += 3;
        return true;
    }

    private bool ReadVersion(ReadOnlySpan<byte> line, RequestHead head, RequestRepairs repairs)
    {
        ReadOnlySpan<byte> rest = line[_part..];
        if (rest.StartsWith("HTTP/1.1\r\n"u8))
        {
            head.Version = HttpVersion.Http11;
        }
        else if (rest.StartsWith("HTTP/1.0\r\n"u8))
        {
            head.Version = HttpVersion.Http10;
        }
        else
        {
            return ReadBareLf(line, head, repairs) || ExplainVersion(line);
        }

        _scanned = _part + VersionBytes + 2;
        _state = State.Done;
        return true;
    }

    private bool ReadBareLf(ReadOnlySpan<byte> line, RequestHead head, RequestRepairs repairs)
    {
        ReadOnlySpan<byte> rest = line[_part..];
        bool is11 = rest.StartsWith("HTTP/1.1\n"u8);
        if (!(is11 || rest.StartsWith("HTTP/1.0\n"u8)) || !head.TryRepair(RequestRepairs.BareLf, repairs))
        {
            return false;
        }

        head.Version = is11 ? HttpVersion.Http11 : HttpVersion.Http10;
        EndsWithBareLf = true;
        _scanned = _part + VersionBytes + 1;
        _state = State.Done;
        return true;
    }

    // A version that is neither complete nor one of the two. It is never longer than 8 bytes, so that little is looked at again.
    private bool ExplainVersion(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line[_part..];
        int length = rest[..Math.Min(rest.Length, VersionBytes + 1)].IndexOfAny((byte)'\r', (byte)'\n');
        if (length < 0)
        {
            return rest.Length > VersionBytes && Fail(HttpError.InvalidVersion);
        }

        bool wellFormed = length == VersionBytes
            && rest.StartsWith("HTTP/"u8)
            && char.IsAsciiDigit((char)rest[5])
            && rest[6] == '.'
            && char.IsAsciiDigit((char)rest[7]);
        _scanned = _part + length;
        return FailAtLineEnd(
            line, wellFormed ? HttpError.VersionNotSupported : HttpError.InvalidVersion, HttpError.InvalidVersion);
    }

    // The byte at _scanned does not belong there. False in any case; without an error if a CR needs the byte after it.
    private bool FailAtLineEnd(ReadOnlySpan<byte> line, HttpError atLineEnd, HttpError otherwise)
    {
        if (line[_scanned] == '\n')
        {
            return Fail(HttpError.BareLfInStartLine);
        }

        if (line[_scanned] != '\r')
        {
            return Fail(otherwise);
        }

        if (_scanned + 1 >= line.Length)
        {
            return false;
        }

        return Fail(line[_scanned + 1] == '\n' ? atLineEnd : HttpError.BareCrInStartLine);
    }

    private bool Fail(HttpError error)
    {
        Error = error;
        return false;
    }

    private static bool IsStandardInOtherCase(ReadOnlySpan<byte> name)
    {
        Span<byte> upper = stackalloc byte[MaxMethodBytes];
        return Ascii.ToUpper(name, upper, out int length) == OperationStatus.Done
            && HttpMethods.Recognize(upper[..length]) != HttpMethod.Other;
    }
}
