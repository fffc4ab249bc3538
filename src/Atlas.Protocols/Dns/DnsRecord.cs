using System.Buffers.Binary;

namespace Atlas.Protocols.Dns;

/// <summary>A record in a message that is being read (RFC 1035 4.1.3). Lent: it is read out of the message.</summary>
public readonly ref struct DnsRecord
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _nameOffset;
    private readonly int _dataOffset;
    private readonly int _dataLength;

    internal DnsRecord(ReadOnlySpan<byte> message, int nameOffset, DnsSection section, int fixedOffset)
    {
        ReadOnlySpan<byte> head = message[fixedOffset..];
        _message = message;
        _nameOffset = nameOffset;
        Section = section;
        Type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(head);
        Class = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        RawTtl = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        _dataLength = BinaryPrimitives.ReadUInt16BigEndian(head[8..]);
        _dataOffset = fixedOffset + DnsMessageReader.FixedBytes;
    }

    /// <summary>Where it stands.</summary>
    public DnsSection Section { get; }

    /// <summary>Its type.</summary>
    public DnsType Type { get; }

    /// <summary>Its class; 1: the Internet.</summary>
    public ushort Class { get; }

    /// <summary>How long it may be remembered, in seconds; one with the highest bit set is 0 (RFC 2181 8).</summary>
    public uint TtlSeconds => RawTtl > DnsLimits.MaxTtlSeconds ? 0 : RawTtl;

    /// <summary>Its data as it stands: names in it may point elsewhere in the message.</summary>
    public ReadOnlySpan<byte> Data => _message.Slice(_dataOffset, _dataLength);

    internal uint RawTtl { get; }

    /// <summary>Whether it is of a name.</summary>
    public bool IsOf(DnsName name)
    {
        int offset = _nameOffset;
        Span<byte> wire = stackalloc byte[DnsLimits.NameBytes];
        return DnsNameReader.TryRead(_message, ref offset, wire, out int length) && DnsName.EqualWire(wire[..length], name.Wire);
    }

    /// <summary>The name that it is of.</summary>
    public DnsName ReadName()
    {
        int offset = _nameOffset;
        _ = DnsNameReader.TryRead(_message, ref offset, out DnsName name);
        return name;
    }

    /// <summary>The address of an A or AAAA record, 4 or 16 bytes.</summary>
    /// <returns>False: it is of another type, or malformed.</returns>
    public bool TryReadAddress(out ReadOnlySpan<byte> address)
    {
        address = Data;
        return Type switch
        {
            DnsType.A => _dataLength == 4,
            DnsType.Aaaa => _dataLength == 16,
            _ => false,
        };
    }

    /// <summary>The name that a CNAME or NS record holds.</summary>
    /// <returns>False: it is of another type, or malformed.</returns>
    public bool TryReadTarget(out DnsName target)
    {
        int offset = _dataOffset;
        target = DnsName.Root;
        return Type is DnsType.Cname or DnsType.Ns && TryReadName(ref offset, out target) && offset == End;
    }

    /// <summary>What an SRV record says. Its name may be compressed, though it should not be (RFC 2782).</summary>
    /// <returns>False: it is of another type, or malformed.</returns>
    public bool TryReadSrv(out DnsSrv srv)
    {
        srv = default;
        int offset = _dataOffset + 6;
        if (Type != DnsType.Srv || _dataLength < 7 || !TryReadName(ref offset, out DnsName target) || offset != End)
        {
            return false;
        }

        srv = new DnsSrv(
            BinaryPrimitives.ReadUInt16BigEndian(Data),
            BinaryPrimitives.ReadUInt16BigEndian(Data[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(Data[4..]),
            target);
        return true;
    }

    /// <summary>What an SOA record says.</summary>
    /// <returns>False: it is of another type, or malformed.</returns>
    public bool TryReadSoa(out DnsSoa soa)
    {
        soa = default;
        int offset = _dataOffset;
        if (Type != DnsType.Soa
            || !TryReadName(ref offset, out DnsName primary)
            || !TryReadName(ref offset, out DnsName mailbox)
            || offset + 20 != End)
        {
            return false;
        }

        ReadOnlySpan<byte> numbers = _message.Slice(offset, 20);
        soa = new DnsSoa(
            primary,
            mailbox,
            BinaryPrimitives.ReadUInt32BigEndian(numbers),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[16..]));
        return true;
    }

    /// <summary>The next text of a TXT record.</summary>
    /// <param name="offset">Where in <see cref="Data"/>, first 0; then where the next one begins.</param>
    /// <param name="text">0 to 255 bytes.</param>
    /// <returns>False: there is none, or it is malformed.</returns>
    public bool TryReadText(ref int offset, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Type != DnsType.Txt || (uint)offset >= (uint)_dataLength || offset + 1 + Data[offset] > _dataLength)
        {
            return false;
        }

        text = Data.Slice(offset + 1, Data[offset]);
        offset += 1 + text.Length;
        return true;
    }

    /// <summary>What an OPT record says (RFC 6891 6.1.3).</summary>
    /// <returns>False: it is of another type, of a name other than the root, or in a wrong section.</returns>
    public bool TryReadEdns(out DnsEdns edns)
    {
        edns = new DnsEdns(
            Math.Max(Class, (ushort)DnsLimits.UdpBytes), (byte)(RawTtl >> 24), (byte)(RawTtl >> 16), (RawTtl & 0x8000) != 0);
        return Type == DnsType.Opt && Section == DnsSection.Additional && IsOf(DnsName.Root);
    }

    private int End => _dataOffset + _dataLength;

    // Names of the data end in it, but for what they point to, which is always before.
    private bool TryReadName(ref int offset, out DnsName name) => DnsNameReader.TryRead(_message[..End], ref offset, out name);
}
