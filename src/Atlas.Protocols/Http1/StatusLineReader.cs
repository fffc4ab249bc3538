using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Reads a status line (RFC 9112 4): version, SP, three digits, and a reason phrase, which may be missing together with the
/// space before it, as some servers send it.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct StatusLineReader
{
    // "HTTP/1.1 200"
    private const int VersionBytes = 8;
    private const int CodeEnd = 12;

    // The first byte of the reason phrase that was not looked at yet; 0 while the code is not complete.
    private int _scanned;

    /// <summary>Why the line was refused.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>Whether the code was read, so that something stands in the head.</summary>
    public readonly bool HasBegun => _scanned != 0;

    /// <summary>The first byte after the line, once it is done.</summary>
    public int End { readonly get; private set; }

    /// <summary>Reads as far as the bytes go.</summary>
    /// <param name="buffer">Everything received so far.</param>
    /// <param name="head">Gets version, status and reason.</param>
    /// <param name="limit">The most bytes of the line with its CRLF.</param>
    public ParseStatus Read(ReadOnlySpan<byte> buffer, ResponseHead head, int limit)
    {
        bool cut = buffer.Length >= limit;
        ReadOnlySpan<byte> line = cut ? buffer[..limit] : buffer;
        if ((_scanned != 0 || ReadCode(line, head)) && ReadReason(line, head))
        {
            return ParseStatus.Done;
        }

        if (Error == HttpError.None && cut)
        {
            Error = HttpError.StartLineTooLong;
        }

        return Error == HttpError.None ? ParseStatus.NeedMore : ParseStatus.Error;
    }

    private bool ReadCode(ReadOnlySpan<byte> line, ResponseHead head)
    {
        // What answers in another protocol is told by its first bytes, which may be all that it sends.
        ReadOnlySpan<byte> name = "HTTP/"u8;
        int length = Math.Min(line.Length, name.Length);
        if (!line[..length].SequenceEqual(name[..length]))
        {
            return Fail(HttpError.InvalidStatusLine);
        }

        if (line.Length <= CodeEnd)
        {
            return false;
        }

        if (!ReadVersion(line, head))
        {
            return false;
        }

        if (line[VersionBytes] != ' '
            || line[(VersionBytes + 1)..CodeEnd].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || line[CodeEnd] is not ((byte)' ' or (byte)'\r' or (byte)'\n'))
        {
            return Fail(HttpError.InvalidStatusLine);
        }

        head.Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0');
        if (head.Status is < 100 or > 599)
        {
            return Fail(HttpError.InvalidStatusCode);
        }

        _scanned = line[CodeEnd] == ' ' ? CodeEnd + 1 : CodeEnd;
        head.Reason = new Slice(_scanned, 0);
        return true;
    }

    private bool ReadVersion(ReadOnlySpan<byte> line, ResponseHead head)
    {
        ReadOnlySpan<byte> version = line[5..VersionBytes];
        if (version.SequenceEqual("1.1"u8))
        {
            head.Version = HttpVersion.Http11;
            return true;
        }

        if (version.SequenceEqual("1.0"u8))
        {
            head.Version = HttpVersion.Http10;
            return true;
        }

        bool wellFormed = char.IsAsciiDigit((char)version[0]) && version[1] == '.' && char.IsAsciiDigit((char)version[2]);
        return Fail(wellFormed ? HttpError.VersionNotSupported : HttpError.InvalidStatusLine);
    }

    private bool ReadReason(ReadOnlySpan<byte> line, ResponseHead head)
    {
        int length = line[_scanned..].IndexOfAny(FieldSyntax.Controls);
        if (length < 0)
        {
            _scanned = line.Length;
            return false;
        }

        _scanned += length;
        if (line[_scanned] != '\r')
        {
            return Fail(line[_scanned] == '\n' ? HttpError.BareLfInStartLine : HttpError.InvalidStatusLine);
        }

        if (_scanned + 1 >= line.Length)
        {
            return false;
        }

        if (line[_scanned + 1] != '\n')
        {
            return Fail(HttpError.BareCrInStartLine);
        }

        head.Reason = new Slice(head.Reason.Offset, _scanned - head.Reason.Offset);
        End = _scanned + 2;
        return true;
    }

    private bool Fail(HttpError error)
    {
        Error = error;
        return false;
    }
}
