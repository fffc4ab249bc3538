using System.Buffers.Binary;
using System.Numerics;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>The checksum of version 2 headers: CRC-32C as in RFC 3720 B.4.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of a header, with the four bytes of the checksum itself taken as zeros.</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="checksum">Where the checksum's four bytes are.</param>
    internal static uint OfHeader(ReadOnlySpan<byte> header, int checksum)
    {
        uint crc = Append(uint.MaxValue, header[..checksum]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Append(crc, header[(checksum + sizeof(uint))..]);
    }

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
