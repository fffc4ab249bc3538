using System.Buffers.Binary;
using System.Net;

namespace Atlas.Core.HighAvailability;

/// <summary>Addresses of one family as numbers, in the order in which RFC 9568 6.4.3 compares them.</summary>
internal static class AddressKey
{
    /// <summary>The address, read as an unsigned number in network order.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    internal static UInt128 Of(ReadOnlySpan<byte> address) => address.Length == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32BigEndian(address)
        : BinaryPrimitives.ReadUInt128BigEndian(address);

    /// <summary>The same for an address of the runtime's; the zone of an IPv6 address does not count.</summary>
    internal static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return Of(bytes[..length]);
    }

    /// <summary>Whether two addresses are of the same family.</summary>
    internal static bool AreAlike(IPAddress one, IPAddress other) => one.GetAddressBytes().Length == other.GetAddressBytes().Length;
}
