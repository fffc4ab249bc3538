using System.Buffers.Binary;

namespace Atlas.Protocols.Dns;

/// <summary>Reads the options of an OPT record in their order (RFC 6891 6.1.2). What is malformed ends the reading.</summary>
/// <param name="data">The record's data.</param>
public ref struct DnsOptionReader(ReadOnlySpan<byte> data)
{
    private const int HeadBytes = 4;

    private ReadOnlySpan<byte> _rest = data;

    /// <summary>Whether reading met what is malformed: an option that is longer than the record.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next one.</summary>
    /// <param name="option">Which it is.</param>
    /// <param name="value">What it says; lent.</param>
    /// <returns>False: there is none, or it is malformed.</returns>
    public bool TryRead(out DnsOption option, out ReadOnlySpan<byte> value)
    {
        option = DnsOption.None;
        value = default;
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        if (_rest.Length < HeadBytes || BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) > _rest.Length - HeadBytes)
        {
            IsMalformed = true;
            return false;
        }

        option = (DnsOption)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        value = _rest.Slice(HeadBytes, BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]));
        _rest = _rest[(HeadBytes + value.Length)..];
        return true;
    }
}
