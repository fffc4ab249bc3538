using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>
/// A network of IPv4 or IPv6 addresses, written <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or as one address. An IPv4 address
/// that came mapped into IPv6 (RFC 4291 2.5.5.2) is an IPv4 address, and a mapped network an IPv4 network; no IPv6 network
/// contains IPv4 addresses, not even <c>::/0</c>.
/// </summary>
public readonly struct IpNetwork : IEquatable<IpNetwork>
{
    private const int IPv4Bits = 32;
    private const int IPv6Bits = 128;
    private const ulong MappedPrefix = 0xFFFF;

    // Addresses as 128-bit numbers, IPv4 in the lowest 32 bits below the mapped prefix.
    private readonly UInt128 _prefix;
    private readonly UInt128 _mask;

    private IpNetwork(UInt128 address, int prefixLength, bool isIPv4)
    {
        IsIPv4 = isIPv4;
        PrefixLength = prefixLength;
        int hostBits = (isIPv4 ? IPv4Bits : IPv6Bits) - prefixLength;
        _mask = hostBits == IPv6Bits ? UInt128.Zero : UInt128.MaxValue << hostBits;
        _prefix = address & _mask;
    }

    /// <summary>Whether it is a network of IPv4 addresses.</summary>
    public bool IsIPv4 { get; }

    /// <summary>The bits that all its addresses share: 0 to 32, or 0 to 128.</summary>
    public int PrefixLength { get; }

    /// <summary>The first address as a number, IPv4 in the lowest 32 bits.</summary>
    internal UInt128 First => _prefix;

    /// <summary>The network that an address is in. The bits after the prefix do not count.</summary>
    /// <param name="address">An address; its zone is ignored.</param>
    /// <param name="prefixLength">0 to 32 for IPv4; 0 to 128 for IPv6, 96 to 128 for a mapped address.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not in its range.</exception>
    public static IpNetwork Create(IPAddress address, int prefixLength)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out int length) || !TryReadAddress(bytes[..length], out var value, out bool isIPv4))
        {
            throw new ArgumentException("Neither IPv4 nor IPv6.", nameof(address));
        }

        if (isIPv4 && length == 16)
        {
            prefixLength -= IPv6Bits - IPv4Bits;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, isIPv4 ? IPv4Bits : IPv6Bits);
        return new IpNetwork(value, prefixLength, isIPv4);
    }

    /// <summary>Reads a network. Bits after the prefix must be 0, because else the writer meant something different.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/');
        if (!IpLiteral.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        int bits = text.Contains(':') ? IPv6Bits : IPv4Bits;
        int prefixLength = bits;
        if (slash >= 0
            && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength) || prefixLength > bits))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6 && prefixLength < IPv6Bits - IPv4Bits)
        {
            return false;
        }

        network = Create(address, prefixLength);
        return network._prefix == Create(address, bits)._prefix;
    }

    /// <summary>Whether the address is in the network. Constant time, without allocation.</summary>
    /// <param name="address">4 or 16 bytes in network order; any other length is in no network.</param>
    public bool Contains(ReadOnlySpan<byte> address) =>
        TryReadAddress(address, out var value, out bool isIPv4) && isIPv4 == IsIPv4 && (value & _mask) == _prefix;

    /// <summary>Whether the address is in the network.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int length) && Contains(bytes[..length]);
    }

    /// <summary>Reads an address as a number, IPv4 in the lowest 32 bits, also where it is mapped.</summary>
    /// <param name="bytes">4 or 16 bytes in network order; with any other number it is false.</param>
    /// <param name="value">The address.</param>
    /// <param name="isIPv4">Whether it is an IPv4 address.</param>
    internal static bool TryReadAddress(ReadOnlySpan<byte> bytes, out UInt128 value, out bool isIPv4)
    {
        switch (bytes.Length)
        {
            case 4:
                value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                isIPv4 = true;
                return true;
            case 16:
                value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
                isIPv4 = value >> IPv4Bits == MappedPrefix;
                value = isIPv4 ? (uint)value : value;
                return true;
            default:
                value = UInt128.Zero;
                isIPv4 = false;
                return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals(IpNetwork other) =>
        _prefix == other._prefix && PrefixLength == other.PrefixLength && IsIPv4 == other.IsIPv4;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpNetwork other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_prefix, PrefixLength, IsIPv4);

    /// <summary>Whether both are the same network.</summary>
    public static bool operator ==(IpNetwork left, IpNetwork right) => left.Equals(right);

    /// <summary>Whether they are different networks.</summary>
    public static bool operator !=(IpNetwork left, IpNetwork right) => !left.Equals(right);

    /// <summary>The first address, a slash and the prefix length.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _prefix);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(IsIPv4 ? bytes[12..] : bytes)}/{PrefixLength}");
    }
}
