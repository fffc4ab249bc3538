using System.Buffers.Binary;

namespace Atlas.Protocols.Dns;

/// <summary>The first half of a message's header (RFC 1035 4.1.1). The response code's upper bits are in the OPT record.</summary>
/// <param name="Id">What answers repeat.</param>
/// <param name="IsResponse">QR.</param>
public readonly record struct DnsHeader(ushort Id, bool IsResponse)
{
    /// <summary>What is asked for, 0 to 15; 0: a plain question.</summary>
    public byte Opcode { get; init; }

    /// <summary>AA: who answers has the zone.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>TC: the message did not fit.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>RD: the server shall ask others.</summary>
    public bool RecursionDesired { get; init; }

    /// <summary>RA: the server asks others.</summary>
    public bool RecursionAvailable { get; init; }

    /// <summary>The lower four bits of what became of the question.</summary>
    public DnsResponseCode ResponseCode { get; init; }

    /// <summary>Reads it. The reserved bits are not looked at (RFC 1035 4.1.1, RFC 4035 3.2).</summary>
    /// <param name="source">At least four bytes.</param>
    internal static DnsHeader Read(ReadOnlySpan<byte> source)
    {
        int flags = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return new DnsHeader(BinaryPrimitives.ReadUInt16BigEndian(source), (flags & 0x8000) != 0)
        {
            Opcode = (byte)((flags >> 11) & 0xF),
            IsAuthoritative = (flags & 0x400) != 0,
            IsTruncated = (flags & 0x200) != 0,
            RecursionDesired = (flags & 0x100) != 0,
            RecursionAvailable = (flags & 0x80) != 0,
            ResponseCode = (DnsResponseCode)(flags & 0xF),
        };
    }

    /// <summary>Writes it.</summary>
    /// <param name="destination">At least four bytes.</param>
    internal void Write(Span<byte> destination)
    {
        int flags = (IsResponse ? 0x8000 : 0)
            | ((Opcode & 0xF) << 11)
            | (IsAuthoritative ? 0x400 : 0)
            | (IsTruncated ? 0x200 : 0)
            | (RecursionDesired ? 0x100 : 0)
            | (RecursionAvailable ? 0x80 : 0)
            | ((int)ResponseCode & 0xF);
        BinaryPrimitives.WriteUInt16BigEndian(destination, Id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)flags);
    }
}
