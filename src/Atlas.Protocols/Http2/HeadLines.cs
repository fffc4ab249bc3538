using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http2;

/// <summary>
/// The lines of a head or trailer section that this program wrote (<see cref="Http1.HeadWriter"/>). It relies on that: a text
/// that is none throws.
/// </summary>
/// <param name="text">From the first line to the empty one.</param>
internal ref struct HeadLines(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>The field's name, in the case in which it stands there.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The field's value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Takes the first line, which is not a field.</summary>
    public ReadOnlySpan<byte> StartLine() => Next();

    /// <summary>Goes to the next field; false at the empty line.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> line = Next();
        if (line.IsEmpty)
        {
            return false;
        }

        int colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            throw new ArgumentException("A line of the head has no name: write it with HeadWriter.");
        }

        Name = line[..colon];
        Value = Trimmed(line[(colon + 1)..]);
        return true;
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> value)
    {
        int start = 0;
        while (start < value.Length && FieldSyntax.IsWhitespace(value[start]))
        {
            start++;
        }

        int end = value.Length;
        while (end > start && FieldSyntax.IsWhitespace(value[end - 1]))
        {
            end--;
        }

        return value[start..end];
    }

    private ReadOnlySpan<byte> Next()
    {
        int end = _rest.IndexOf((byte)'\r');
        if (end < 0)
        {
            throw new ArgumentException("The head does not end with an empty line: write it with HeadWriter.");
        }

        ReadOnlySpan<byte> line = _rest[..end];
        _rest = _rest[(end + 2)..];
        return line;
    }
}
