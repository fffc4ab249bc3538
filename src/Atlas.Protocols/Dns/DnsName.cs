using System.Globalization;
using System.Text;

namespace Atlas.Protocols.Dns;

/// <summary>A name: labels of 1 to 63 bytes of any value, 255 bytes on the wire at most (RFC 1035 2.3.4, RFC 2181 11). Names
/// that differ in the case of ASCII letters only are equal (RFC 4343). Immutable.</summary>
public sealed class DnsName : IEquatable<DnsName>
{
    private readonly byte[] _wire;

    private DnsName(byte[] wire) => _wire = wire;

    /// <summary>The name of all names: no label.</summary>
    public static DnsName Root { get; } = new([0]);

    /// <summary>Whether it has no label; what SRV records say of a service that is not there (RFC 2782).</summary>
    public bool IsRoot => _wire.Length == 1;

    /// <summary>Its labels with their lengths, and a 0.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Reads a name as hosts are written: ASCII letters, digits, <c>-</c> and <c>_</c>, with or without a dot at its
    /// end. Escapes are not read.</summary>
    /// <returns>False: it is too long, empty, or has an empty label or another character.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsName name)
    {
        name = Root;
        if (text is ".")
        {
            return true;
        }

        ReadOnlySpan<char> labels = text is [.., '.'] ? text[..^1] : text;
        Span<byte> wire = stackalloc byte[DnsLimits.NameBytes];
        if (labels.IsEmpty || labels.Length + 2 > wire.Length)
        {
            return false;
        }

        int lengthAt = 0;
        for (int i = 0; i <= labels.Length; i++)
        {
            if (i == labels.Length || labels[i] == '.')
            {
                int length = i - lengthAt;
                if (length is 0 or > DnsLimits.LabelBytes)
                {
                    return false;
                }

                wire[lengthAt] = (byte)length;
                lengthAt = i + 1;
            }
            else if (char.IsAsciiLetterOrDigit(labels[i]) || labels[i] is '-' or '_')
            {
                wire[i + 1] = (byte)labels[i];
            }
            else
            {
                return false;
            }
        }

        wire[lengthAt] = 0;
        name = new DnsName(wire[..(labels.Length + 2)].ToArray());
        return true;
    }

    /// <summary>The name without its first label; the root is its own.</summary>
    public DnsName Parent => IsRoot ? Root : OfWire(_wire.AsSpan(_wire[0] + 1));

    /// <summary>Whether it is a name or lies below it. O(its labels).</summary>
    public bool IsWithin(DnsName other)
    {
        int at = 0;
        while (_wire.Length - at > other._wire.Length)
        {
            at += _wire[at] + 1;
        }

        return EqualWire(_wire.AsSpan(at), other._wire);
    }

    /// <inheritdoc/>
    public bool Equals(DnsName? other) => other is not null && EqualWire(_wire, other._wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (byte b in _wire)
        {
            hash.Add(ToLower(b));
        }

        return hash.ToHashCode();
    }

    /// <summary>The labels with dots between, in their own case; <c>.</c> for the root. Bytes that a host's name does not have
    /// are written <c>\DDD</c>, dots and backslashes in labels <c>\.</c> and <c>\\</c> (RFC 1035 5.1).</summary>
    public override string ToString()
    {
        if (IsRoot)
        {
            return ".";
        }

        var text = new StringBuilder(_wire.Length);
        for (int at = 0; _wire[at] != 0; at += _wire[at] + 1)
        {
            if (at > 0)
            {
                text.Append('.');
            }

            foreach (byte b in _wire.AsSpan(at + 1, _wire[at]))
            {
                _ = b switch
                {
                    (byte)'.' or (byte)'\\' => text.Append('\\').Append((char)b),
                    > 0x20 and < 0x7F => text.Append((char)b),
                    _ => text.Append(CultureInfo.InvariantCulture, $"\\{b:000}"),
                };
            }
        }

        return text.ToString();
    }

    /// <summary>Takes a name that was read.</summary>
    /// <param name="wire">Labels and a 0, valid.</param>
    internal static DnsName OfWire(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new DnsName(wire.ToArray());

    /// <summary>Whether two names, or ends of names, are equal. Lengths are below the letters, so that bytes compare as they
    /// stand.</summary>
    internal static bool EqualWire(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (ToLower(left[i]) != ToLower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    // The longest label is 63, below 'A', so that this leaves lengths alone.
    private static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
