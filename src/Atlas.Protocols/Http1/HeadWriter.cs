using System.Buffers.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Writes a head into a span. What does not fit sets <see cref="Overflowed"/> and is left out; nothing throws. Names and
/// values must be free of CR, LF and NUL, as everything is that the parsers or <see cref="FieldSyntax"/> accepted.
/// </summary>
/// <param name="destination">Where the head goes, from its first byte.</param>
public ref struct HeadWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _written;

    /// <summary>Whether something did not fit. What is written is then not a whole head and must not be sent.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>The number of bytes written.</summary>
    public readonly int Written => _written;

    /// <summary>Writes <c>METHOD target HTTP/1.1</c>.</summary>
    /// <param name="method">A token.</param>
    /// <param name="target">A request target in the form that fits the next hop; must not be empty.</param>
    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> target)
    {
        Append(method);
        Append(" "u8);
        Append(target);
        Append(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Writes a request line in origin form from a parsed path and query.</summary>
    /// <param name="method">A token.</param>
    /// <param name="path">The path; an empty one, as an absolute form may have, is written as <c>/</c>.</param>
    /// <param name="hasQuery">Whether to write <c>?</c> and the query.</param>
    /// <param name="query">The query without the <c>?</c>.</param>
    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> path, bool hasQuery, scoped ReadOnlySpan<byte> query)
    {
        Append(method);
        Append(" "u8);
        Append(path.IsEmpty ? "/"u8 : path);
        if (hasQuery)
        {
            Append("?"u8);
            Append(query);
        }

        Append(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Writes <c>HTTP/1.1 status reason</c> with the registered reason phrase, or an empty one.</summary>
    /// <param name="status">100 to 599; anything else is a bug in the caller and overflows the head.</param>
    public void StatusLine(int status)
    {
        ReadOnlySpan<byte> line = StatusLines.Of(status);
        if (line.IsEmpty)
        {
            StatusLine(status, ReasonPhrases.Of(status));
        }
        else
        {
            Append(line);
        }
    }

    /// <summary>Writes <c>HTTP/1.1 status reason</c>.</summary>
    /// <param name="status">100 to 599; anything else is a bug in the caller and overflows the head.</param>
    /// <param name="reason">The reason phrase; may be empty.</param>
    public void StatusLine(int status, scoped ReadOnlySpan<byte> reason)
    {
        if (status is < 100 or > 599)
        {
            Overflowed = true;
            return;
        }

        Append("HTTP/1.1 "u8);
        Append(status);
        Append(" "u8);
        Append(reason);
        Append("\r\n"u8);
    }

    /// <summary>Writes a field line.</summary>
    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        int length = name.Length + value.Length + 4;
        Span<byte> rest = _destination[_written..];
        if (rest.Length < length)
        {
            Overflowed = true;
            return;
        }

        name.CopyTo(rest);
        rest[name.Length] = (byte)':';
        rest[name.Length + 1] = (byte)' ';
        value.CopyTo(rest[(name.Length + 2)..]);
        rest[length - 2] = (byte)'\r';
        rest[length - 1] = (byte)'\n';
        _written += length;
    }

    /// <summary>Writes a field line with the usual spelling of a known name.</summary>
    public void Field(KnownHeader name, scoped ReadOnlySpan<byte> value) => Field(name.Name(), value);

    /// <summary>Writes a field line whose value is a decimal number.</summary>
    public void Field(scoped ReadOnlySpan<byte> name, long value)
    {
        BeginField(name);
        Append(value);
        EndField();
    }

    /// <summary>Writes a field line with the usual spelling of a known name and a decimal number.</summary>
    public void Field(KnownHeader name, long value) => Field(name.Name(), value);

    /// <summary>Begins a field line whose value is put together with <see cref="Append(ReadOnlySpan{byte})"/>.</summary>
    public void BeginField(scoped ReadOnlySpan<byte> name)
    {
        Append(name);
        Append(": "u8);
    }

    /// <summary>Writes bytes as they are, as a part of a value.</summary>
    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_destination[_written..]))
        {
            _written += bytes.Length;
        }
        else
        {
            Overflowed = true;
        }
    }

    /// <summary>Writes a decimal number as a part of a value.</summary>
    public void Append(long number)
    {
        if (Utf8Formatter.TryFormat(number, _destination[_written..], out int length))
        {
            _written += length;
        }
        else
        {
            Overflowed = true;
        }
    }

    /// <summary>Writes bytes in base64url without padding (RFC 4648 5), as a part of a value.</summary>
    public void AppendBase64Url(scoped ReadOnlySpan<byte> bytes)
    {
        if (Base64Url.TryEncodeToUtf8(bytes, _destination[_written..], out int length))
        {
            _written += length;
        }
        else
        {
            Overflowed = true;
        }
    }

    /// <summary>Ends a field line begun with <see cref="BeginField"/>.</summary>
    public void EndField() => Append("\r\n"u8);

    /// <summary>Writes the empty line that ends the head.</summary>
    public void End() => Append("\r\n"u8);
}
