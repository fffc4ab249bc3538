using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Links;

/// <summary>An IPv4 or IPv6 address as a value, without port and without scope: which link an address belongs to is said beside it.
/// The default is no address.</summary>
public readonly struct LinkAddress : IEquatable<LinkAddress>
{
    /// <summary>The longest address in bytes.</summary>
    public const int MaxLength = 16;

    // struct sockaddr_in and sockaddr_in6.
    internal const int SocketAddressLength = 16;
    internal const int SocketAddressLength6 = 28;

    // The bytes in network order, read as numbers; an IPv4 address is the lower half of _low.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ushort _family;

    private LinkAddress(ulong high, ulong low, ushort family)
    {
        _high = high;
        _low = low;
        _family = family;
    }

    /// <summary>Whether there is no address.</summary>
    public bool IsNone => _family == 0;

    /// <summary>Whether it is an IPv6 address.</summary>
    public bool IsIpv6 => _family == LinuxConstants.AF_INET6;

    /// <summary>Whether it is an IPv6 address that means something on one link only (fe80::/10, RFC 4291 2.5.6).</summary>
    public bool IsLinkLocal => IsIpv6 && (ByteAt(0), ByteAt(1) & 0xC0) == (0xFE, 0x80);

    /// <summary>Whether it is a group: 224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsIpv6 ? ByteAt(0) == 0xFF : !IsNone && (ByteAt(0) & 0xF0) == 0xE0;

    /// <summary>How many bytes it has: 4, 16, or 0 for no address.</summary>
    public int Length => IsNone ? 0 : IsIpv6 ? MaxLength : sizeof(uint);

    internal int Family => _family;

    internal uint Ipv4 => (uint)_low;

    /// <summary>An address of 4 or 16 bytes in network order; of another length there is none.</summary>
    public static LinkAddress Of(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        sizeof(uint) => new(0, MemoryMarshal.Read<uint>(bytes), LinuxConstants.AF_INET),
        MaxLength => new(MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<ulong>(bytes[sizeof(ulong)..]), LinuxConstants.AF_INET6),
        _ => default,
    };

    /// <summary>The same address; its scope is left out.</summary>
    public static LinkAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        address.TryWriteBytes(bytes, out int length);
        return Of(bytes[..length]);
    }

    /// <summary>Writes the bytes in network order.</summary>
    /// <param name="destination">Holds <see cref="Length"/>.</param>
    /// <returns>How many.</returns>
    public int WriteTo(Span<byte> destination)
    {
        if (!IsIpv6)
        {
            return !IsNone && BitConverter.TryWriteBytes(destination, Ipv4) ? sizeof(uint) : 0;
        }

        BitConverter.TryWriteBytes(destination, _high);
        BitConverter.TryWriteBytes(destination[sizeof(ulong)..], _low);
        return MaxLength;
    }

    /// <summary>Whether two are of one family and the first bits of both are the same.</summary>
    /// <param name="other">The other.</param>
    /// <param name="bits">How many, at most those of the address.</param>
    public bool SharesPrefix(in LinkAddress other, int bits)
    {
        if (_family != other._family)
        {
            return false;
        }

        Span<byte> own = stackalloc byte[MaxLength];
        Span<byte> others = stackalloc byte[MaxLength];
        WriteTo(own);
        other.WriteTo(others);
        int whole = bits / 8;
        return own[..whole].SequenceEqual(others[..whole]) && (bits % 8 == 0 || (own[whole] ^ others[whole]) >> (8 - (bits % 8)) == 0);
    }

    /// <summary>As an object of .NET, without scope; null for no address. Allocates.</summary>
    public IPAddress? ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        return IsNone ? null : new IPAddress(bytes[..WriteTo(bytes)]);
    }

    /// <inheritdoc/>
    public bool Equals(LinkAddress other) => _low == other._low && _high == other._high && _family == other._family;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LinkAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _family);

    /// <summary>Whether two are the same.</summary>
    public static bool operator ==(LinkAddress left, LinkAddress right) => left.Equals(right);

    /// <summary>Whether two differ.</summary>
    public static bool operator !=(LinkAddress left, LinkAddress right) => !left.Equals(right);

    /// <summary>The address as text; empty for none. Allocates.</summary>
    public override string ToString() => ToIPAddress()?.ToString() ?? "";

    /// <summary>Reads a <c>struct sockaddr_in6</c>; of another family there is no address.</summary>
    internal static unsafe LinkAddress ReadSocketAddress6(byte* address) =>
        Unsafe.ReadUnaligned<ushort>(address) == LinuxConstants.AF_INET6 ? Of(new ReadOnlySpan<byte>(address + 8, MaxLength)) : default;

    /// <summary>Writes a <c>struct sockaddr_in</c> or <c>_in6</c> without a port.</summary>
    /// <param name="destination">Holds <see cref="SocketAddressLength6"/> and is all zero.</param>
    /// <param name="linkIndex">The link that an IPv6 address belongs to; 0 for none.</param>
    /// <returns>How many bytes.</returns>
    internal unsafe uint WriteSocketAddress(byte* destination, int linkIndex)
    {
        Unsafe.WriteUnaligned(destination, _family);
        if (!IsIpv6)
        {
            Unsafe.WriteUnaligned(destination + 4, Ipv4);
            return SocketAddressLength;
        }

        WriteTo(new Span<byte>(destination + 8, MaxLength));
        Unsafe.WriteUnaligned(destination + 24, linkIndex);
        return SocketAddressLength6;
    }

    // Network order is that of memory; the numbers are as the machine reads it.
    private byte ByteAt(int index)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        WriteTo(bytes);
        return bytes[index];
    }
}
