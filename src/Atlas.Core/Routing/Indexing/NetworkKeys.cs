using System.Buffers.Binary;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Networks as keys of a <see cref="KeyTable"/>: the prefix and what kind of network it is. An address is looked up once for
/// each prefix length that occurs, at most 33 or 129 times. Immutable.
/// </summary>
internal sealed class NetworkKeys
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 17;

    // Kinds are the prefix lengths of IPv6 from 0 to 128, and then those of IPv4.
    private const int FirstIPv4 = 129;

    private readonly byte[] _kinds;

    /// <summary>The kinds of these networks.</summary>
    public NetworkKeys(IEnumerable<byte[]> keys) => _kinds = [.. keys.Select(key => key[^1]).Distinct().Order()];

    /// <summary>How many kinds there are.</summary>
    public int Count => _kinds.Length;

    /// <summary>The key of a network.</summary>
    public static byte[] KeyOf(IpNetwork network)
    {
        byte[] key = new byte[Length];
        Write(network.First, network.IsIPv4 ? FirstIPv4 + network.PrefixLength : network.PrefixLength, key);
        return key;
    }

    /// <summary>Writes the key of the network of one kind that an address would be in.</summary>
    /// <param name="address">4 or 16 bytes in network order.</param>
    /// <param name="index">From 0 to below <see cref="Count"/>.</param>
    /// <param name="key">Gets the key; <see cref="Length"/> bytes.</param>
    /// <returns>False if there is none, because the network's addresses are of the other version.</returns>
    public bool TryWrite(ReadOnlySpan<byte> address, int index, Span<byte> key)
    {
        int kind = _kinds[index];
        if (!IpNetwork.TryReadAddress(address, out UInt128 value, out bool isIPv4) || isIPv4 != kind >= FirstIPv4)
        {
            return false;
        }

        Write(value, kind, key);
        return true;
    }

    private static void Write(UInt128 address, int kind, Span<byte> key)
    {
        int hostBits = kind >= FirstIPv4 ? 32 - (kind - FirstIPv4) : 128 - kind;
        BinaryPrimitives.WriteUInt128LittleEndian(key, hostBits == 128 ? UInt128.Zero : address >> hostBits);
        key[^1] = (byte)kind;
    }
}
