using System.Net;
using System.Runtime.CompilerServices;
using Atlas.Engine.Interop;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Engine.Datagrams;

/// <summary>An IP address and a port as a value, so that a datagram's addresses cost no object. The default is no
/// address.</summary>
public readonly struct DatagramAddress : IEquatable<DatagramAddress>
{
    /// <summary>The longest IP address in bytes.</summary>
    public const int MaxIpLength = 16;

    /// <summary>The longest IP address as text: "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%4294967295".</summary>
    public const int MaxTextLength = 56;

    // struct sockaddr_in and sockaddr_in6.
    internal const int MaxLength = 28;
    private const int Ipv4Length = 16;

    // The bytes in network order, read as numbers; an IPv4 address is the lower half of _low.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _networkPort;
    private readonly ushort _family;

    private DatagramAddress(ulong high, ulong low, uint scope, ushort networkPort, ushort family)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _networkPort = networkPort;
        _family = family;
    }

    /// <summary>Whether there is no address.</summary>
    public bool IsNone => _family == 0;

    /// <summary>The port.</summary>
    public int Port => BitConverter.IsLittleEndian
        ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(_networkPort)
        : _networkPort;

    /// <summary>Whether the address is 0.0.0.0 or [::].</summary>
    public bool IsAny => (_high | _low) == 0;

    internal bool IsIpv6 => _family == LinuxConstants.AF_INET6;

    /// <summary>Whether it is an IPv6 address that means something on one link only (RFC 4291 2.5.6).</summary>
    internal bool IsLinkLocal => IsIpv6 && (_high & 0xC0FF) == 0x80FE;

    internal uint Scope => _scope;

    /// <summary>The address of a socket address, which is no path.</summary>
    public static unsafe DatagramAddress Of(SocketAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(address.IsUnix, true);
        fixed (byte* bytes = address.Bytes)
        {
            return Read(bytes);
        }
    }

    /// <summary>The address of what <see cref="ToBytes"/> gave, in whichever process.</summary>
    /// <returns>No address where they are none.</returns>
    public static unsafe DatagramAddress OfBytes(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            DatagramAddress address = bytes.Length is Ipv4Length or MaxLength ? Read(start) : default;
            return address.IsIpv6 == (bytes.Length == MaxLength) ? address : default;
        }
    }

    /// <summary>All of it as bytes; none for no address.</summary>
    public unsafe byte[] ToBytes()
    {
        byte* bytes = stackalloc byte[MaxLength];
        return IsNone ? [] : [.. new ReadOnlySpan<byte>(bytes, (int)Write(bytes))];
    }

    /// <summary>Writes the IP address: 4 or 16 bytes in network order, an IPv4-mapped one as 4.</summary>
    /// <param name="destination">Holds <see cref="MaxIpLength"/>.</param>
    /// <returns>How many; 0 for no address.</returns>
    public int WriteIp(Span<byte> destination)
    {
        if (_family == LinuxConstants.AF_INET)
        {
            BitConverter.TryWriteBytes(destination, (uint)_low);
            return 4;
        }

        if (!IsIpv6)
        {
            return 0;
        }

        BitConverter.TryWriteBytes(destination, _high);
        BitConverter.TryWriteBytes(destination[8..], _low);
        if (_high == 0 && (uint)_low == 0xFFFF_0000)
        {
            BitConverter.TryWriteBytes(destination, (uint)(_low >> 32));
            return 4;
        }

        return 16;
    }

    /// <summary>Writes the IP address as ASCII text, without the port. Allocates for IPv6.</summary>
    /// <param name="destination">Holds <see cref="MaxTextLength"/>.</param>
    /// <returns>How many bytes; 0 for no address.</returns>
    public int FormatIp(Span<byte> destination)
    {
        Span<byte> ip = stackalloc byte[MaxIpLength];
        int length = WriteIp(ip);
        int written = 0;
        if (length == MaxIpLength)
        {
            ToIpAddress().TryFormat(destination, out written);
            return written;
        }

        for (int i = 0; i < length; i++)
        {
            if (i > 0)
            {
                destination[written++] = (byte)'.';
            }

            ip[i].TryFormat(destination[written..], out int digits, default, System.Globalization.CultureInfo.InvariantCulture);
            written += digits;
        }

        return written;
    }

    /// <summary>Whether the IP addresses are the same; ports do not count.</summary>
    public bool IsSameIp(in DatagramAddress other) => _low == other._low && _high == other._high && _family == other._family;

    /// <inheritdoc/>
    public bool Equals(DatagramAddress other) =>
        _low == other._low && _high == other._high && _networkPort == other._networkPort && _scope == other._scope
        && _family == other._family;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DatagramAddress other && Equals(other);

    /// <summary>A hash that those who choose addresses cannot foresee: its seed is the process's.</summary>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _networkPort, _scope);

    /// <summary>As a socket address. Allocates.</summary>
    public SocketAddress ToSocketAddress() => SocketAddress.OfIp(ToIpAddress(), Port);

    /// <summary>The address as text: <c>192.0.2.1:53</c>, <c>[2001:db8::1]:53</c>; empty for none. Allocates.</summary>
    public override string ToString() => IsNone ? "" : new IPEndPoint(ToIpAddress(), Port).ToString();

    /// <summary>Reads a <c>struct sockaddr_in</c> or <c>_in6</c>; of another family there is no address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe DatagramAddress Read(byte* address)
    {
        ushort family = Unsafe.ReadUnaligned<ushort>(address);
        ushort port = Unsafe.ReadUnaligned<ushort>(address + 2);
        return family switch
        {
            LinuxConstants.AF_INET => new(0, Unsafe.ReadUnaligned<uint>(address + 4), 0, port, family),
            LinuxConstants.AF_INET6 => new(
                Unsafe.ReadUnaligned<ulong>(address + 8),
                Unsafe.ReadUnaligned<ulong>(address + 16),
                Unsafe.ReadUnaligned<uint>(address + 24),
                port,
                family),
            _ => default,
        };
    }

    internal static DatagramAddress OfLocal(uint ipv4) => new(0, ipv4, 0, 0, LinuxConstants.AF_INET);

    /// <summary>An address of this host; the interface counts for those of one link only.</summary>
    internal static unsafe DatagramAddress OfLocal(byte* ipv6, uint networkInterface)
    {
        ulong high = Unsafe.ReadUnaligned<ulong>(ipv6);
        var address = new DatagramAddress(high, Unsafe.ReadUnaligned<ulong>(ipv6 + 8), networkInterface, 0, LinuxConstants.AF_INET6);
        return address.IsLinkLocal ? address : new(high, address._low, 0, 0, LinuxConstants.AF_INET6);
    }

    /// <summary>Writes it as the kernel has it.</summary>
    /// <returns>How many bytes.</returns>
    internal unsafe uint Write(byte* address)
    {
        Unsafe.WriteUnaligned(address, _family);
        Unsafe.WriteUnaligned(address + 2, _networkPort);
        if (!IsIpv6)
        {
            Unsafe.WriteUnaligned(address + 4, (uint)_low);
            Unsafe.WriteUnaligned(address + 8, 0UL);
            return Ipv4Length;
        }

        Unsafe.WriteUnaligned(address + 4, 0U);
        WriteIpv6(address + 8);
        Unsafe.WriteUnaligned(address + 24, _scope);
        return MaxLength;
    }

    internal uint Ipv4 => (uint)_low;

    internal unsafe void WriteIpv6(byte* destination)
    {
        Unsafe.WriteUnaligned(destination, _high);
        Unsafe.WriteUnaligned(destination + 8, _low);
    }

    private IPAddress ToIpAddress()
    {
        Span<byte> ip = stackalloc byte[MaxIpLength];
        int length = WriteIp(ip);
        return length == MaxIpLength ? new IPAddress(ip, _scope) : new IPAddress(ip[..length]);
    }
}
