namespace Atlas.Protocols.Dns;

/// <summary>Reads names out of messages (RFC 1035 4.1.4). A pointer must lead to before the labels that led to it, so that
/// each step comes nearer to the start: there are no loops, and the 255 bytes of a name bound the labels.</summary>
internal static class DnsNameReader
{
    // A pointer that leads to a pointer says nothing; a few are borne.
    private const int MaxPointers = 64;

    /// <summary>Reads a name.</summary>
    /// <param name="message">The message up to where names may reach.</param>
    /// <param name="offset">Where it begins; then where what follows it begins.</param>
    /// <param name="wire">At least 255 bytes: takes the labels with their lengths, and a 0.</param>
    /// <param name="length">How many bytes that are.</param>
    /// <returns>False: it is malformed.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> message, ref int offset, Span<byte> wire, out int length)
    {
        length = 0;
        int at = offset;
        int before = offset;
        int after = -1;
        int pointers = 0;
        while ((uint)at < (uint)message.Length)
        {
            int head = message[at];
            if (head == 0)
            {
                wire[length++] = 0;
                offset = after >= 0 ? after : at + 1;
                return true;
            }

            if (head <= DnsLimits.LabelBytes)
            {
                // One byte is left for the root.
                int size = head + 1;
                if (at + size > message.Length || length + size > DnsLimits.NameBytes - 1)
                {
                    return false;
                }

                message.Slice(at, size).CopyTo(wire[length..]);
                length += size;
                at += size;
                continue;
            }

            if (head < 0xC0 || at + 1 >= message.Length || ++pointers > MaxPointers)
            {
                return false;
            }

            int target = ((head & 0x3F) << 8) | message[at + 1];
            after = after >= 0 ? after : at + 2;
            if (target >= before || target < DnsLimits.HeaderBytes)
            {
                return false;
            }

            before = target;
            at = target;
        }

        return false;
    }

    /// <summary>Reads a name as an object.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out DnsName name)
    {
        Span<byte> wire = stackalloc byte[DnsLimits.NameBytes];
        bool isRead = TryRead(message, ref offset, wire, out int length);
        name = isRead ? DnsName.OfWire(wire[..length]) : DnsName.Root;
        return isRead;
    }
}
