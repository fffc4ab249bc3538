using System.Text;

namespace Atlas.Engine.Tls;

/// <summary>A list of protocols in the order of preference, as ALPN (RFC 7301) has it. Immutable.</summary>
internal sealed class TlsProtocols
{
    private const int MaxNameLength = 255;

    // RFC 7301 3.1: the list has a length of two bytes.
    private const int MaxWireLength = ushort.MaxValue;

    private readonly (string Text, byte[] Bytes)[] _names;

    /// <summary>Makes a list.</summary>
    /// <exception cref="TlsException">A name is empty or too long.</exception>
    internal TlsProtocols(IEnumerable<string> names)
    {
        _names = [.. names.Select(name => (name, Encoding.UTF8.GetBytes(name)))];
        foreach ((string text, byte[] bytes) in _names)
        {
            if (bytes.Length is 0 or > MaxNameLength)
            {
                throw new TlsException($"the ALPN name \"{text}\" has {bytes.Length} bytes: give it 1 to {MaxNameLength}");
            }
        }

        Wire = [.. _names.SelectMany(name => name.Bytes.Prepend((byte)name.Bytes.Length))];
        if (Wire.Length > MaxWireLength)
        {
            throw new TlsException($"the ALPN names have {Wire.Length} bytes together: give at most {MaxWireLength}");
        }
    }

    /// <summary>The list as it is sent: each name after its length.</summary>
    internal byte[] Wire { get; }

    internal bool IsEmpty => _names.Length == 0;

    /// <summary>Chooses the first of our names that a list on the wire has, which OpenSSL has checked.</summary>
    /// <returns>Where its length stands in the list; -1 for none.</returns>
    internal int Choose(ReadOnlySpan<byte> list)
    {
        foreach ((_, byte[] bytes) in _names)
        {
            for (int at = 0; at < list.Length; at += list[at] + 1)
            {
                if (list.Slice(at + 1, list[at]).SequenceEqual(bytes))
                {
                    return at;
                }
            }
        }

        return -1;
    }

    /// <summary>The text of one of the names; empty for another.</summary>
    internal string Find(ReadOnlySpan<byte> name)
    {
        foreach ((string text, byte[] bytes) in _names)
        {
            if (name.SequenceEqual(bytes))
            {
                return text;
            }
        }

        return "";
    }
}
