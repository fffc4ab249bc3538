namespace Atlas.Protocols.Http;

/// <summary>
/// The members of a comma-separated field value (RFC 9110 5.6.1), for use with <c>foreach</c>. Commas within quoted strings
/// do not separate; members come without the whitespace around them; empty ones are skipped. A quoted string that does not
/// end reaches to the end of the value. Members are not checked to be tokens.
/// </summary>
/// <param name="value">A field value.</param>
public ref struct TokenList(ReadOnlySpan<byte> value)
{
    private readonly ReadOnlySpan<byte> _value = value;
    private int _next;
    private int _length;

    /// <summary>The member's first byte, as an index into the value.</summary>
    public int Offset { readonly get; private set; }

    /// <summary>The member.</summary>
    public readonly ReadOnlySpan<byte> Current => _value.Slice(Offset, _length);

    /// <summary>The list itself, as <c>foreach</c> wants it.</summary>
    public readonly TokenList GetEnumerator() => this;

    /// <summary>Goes to the next member that is not empty; false at the end.</summary>
    public bool MoveNext()
    {
        while (_next < _value.Length)
        {
            int start = _next;
            int end = EndOfMember(start);
            _next = end + 1;

            while (start < end && _value[start] is (byte)' ' or (byte)'\t')
            {
                start++;
            }

            while (end > start && _value[end - 1] is (byte)' ' or (byte)'\t')
            {
                end--;
            }

            if (end > start)
            {
                Offset = start;
                _length = end - start;
                return true;
            }
        }

        return false;
    }

    private readonly int EndOfMember(int start)
    {
        int i = start;
        while (true)
        {
            int stop = _value[i..].IndexOfAny((byte)',', (byte)'"');
            if (stop < 0)
            {
                return _value.Length;
            }

            i += stop;
            if (_value[i] == ',')
            {
                return i;
            }

            i = EndOfQuotedString(i + 1);
        }
    }

    // The index after the closing quote, at most the value's length.
    private readonly int EndOfQuotedString(int i)
    {
        while (i < _value.Length && _value[i] != '"')
        {
            i += _value[i] == '\\' ? 2 : 1;
        }

        return Math.Min(i + 1, _value.Length);
    }
}
