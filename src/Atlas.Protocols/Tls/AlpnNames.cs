namespace Atlas.Protocols.Tls;

/// <summary>The names in a list of application protocols (RFC 7301 3.1), such as <c>h2</c>; for foreach, without
/// allocating.</summary>
/// <param name="list">A list that was checked: each name has a byte of length before it.</param>
public ref struct AlpnNames(ReadOnlySpan<byte> list)
{
    private ReadOnlySpan<byte> _rest = list;

    /// <summary>The name at hand, 1 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Supports foreach.</summary>
    public readonly AlpnNames GetEnumerator() => this;

    /// <summary>Goes to the next name.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        int length = _rest[0];
        Current = _rest.Slice(1, length);
        _rest = _rest[(1 + length)..];
        return true;
    }
}
