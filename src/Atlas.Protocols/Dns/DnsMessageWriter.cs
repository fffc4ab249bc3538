using System.Buffers.Binary;

namespace Atlas.Protocols.Dns;

/// <summary>Writes a message (RFC 1035 4) into a buffer: header, questions, records in the order of their sections. Names are
/// compressed where the format lets them be (RFC 3597 4). What does not fit is not written at all: the writer says so and
/// stays as it was, and whoever writes may mark the message as truncated. Allocates nothing.</summary>
public ref struct DnsMessageWriter
{
    private readonly Span<byte> _buffer;
    private DnsSuffixes _suffixes;
    private DnsHeader _header;

    /// <summary>Begins a message.</summary>
    /// <param name="buffer">Where to, at least 12 bytes; its length bounds the message.</param>
    /// <param name="header">The header.</param>
    /// <exception cref="ArgumentException">The buffer is shorter than a header.</exception>
    public DnsMessageWriter(Span<byte> buffer, DnsHeader header)
    {
        if (buffer.Length < DnsLimits.HeaderBytes)
        {
            throw new ArgumentException("no header fits", nameof(buffer));
        }

        _buffer = buffer[..Math.Min(buffer.Length, DnsLimits.MessageBytes)];
        _buffer[..DnsLimits.HeaderBytes].Clear();
        Length = DnsLimits.HeaderBytes;
        Header = header;
    }

    /// <summary>The bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes that can be written yet.</summary>
    public readonly int Free => _buffer.Length - Reserved - Length;

    /// <summary>The header, which may change as long as the message is written.</summary>
    public DnsHeader Header
    {
        readonly get => _header;
        set
        {
            _header = value;
            value.Write(_buffer);
        }
    }

    /// <summary>Bytes at the buffer's end that are kept for what is written last, such as the OPT record; 0 at first. Not more
    /// than there are.</summary>
    public int Reserved { get; set; }

    /// <summary>Writes a question.</summary>
    /// <returns>False: it does not fit.</returns>
    public bool TryWriteQuestion(in DnsQuestion question)
    {
        int start = Length;
        return TryName(question.Name, compress: true)
            && TryUInt16((ushort)question.Type)
            && TryUInt16(question.Class)
            && Count(4)
            || Undo(start);
    }

    /// <summary>Writes an A or AAAA record.</summary>
    /// <param name="section">Where; not before the section of the last record.</param>
    /// <param name="name">Of which name.</param>
    /// <param name="ttlSeconds">How long it may be remembered.</param>
    /// <param name="address">4 or 16 bytes.</param>
    /// <returns>False: it does not fit.</returns>
    public bool TryWriteAddress(DnsSection section, DnsName name, uint ttlSeconds, scoped ReadOnlySpan<byte> address) =>
        TryWriteRecord(section, name, address.Length == 4 ? DnsType.A : DnsType.Aaaa, DnsQuestion.Internet, ttlSeconds, address);

    /// <summary>Writes a CNAME or NS record, as <see cref="TryWriteAddress"/> does.</summary>
    public bool TryWriteTarget(DnsSection section, DnsName name, DnsType type, uint ttlSeconds, DnsName target)
    {
        int start = Length;
        return TryBegin(name, type, DnsQuestion.Internet, ttlSeconds, out int lengthAt)
            && TryName(target, compress: true)
            && End(lengthAt, section)
            || Undo(start);
    }

    /// <summary>Writes an SRV record, as <see cref="TryWriteAddress"/> does. Its target is not compressed (RFC 2782).</summary>
    public bool TryWriteSrv(DnsSection section, DnsName name, uint ttlSeconds, in DnsSrv srv)
    {
        int start = Length;
        return TryBegin(name, DnsType.Srv, DnsQuestion.Internet, ttlSeconds, out int lengthAt)
            && TryUInt16(srv.Priority)
            && TryUInt16(srv.Weight)
            && TryUInt16(srv.Port)
            && TryName(srv.Target, compress: false)
            && End(lengthAt, section)
            || Undo(start);
    }

    /// <summary>Writes an SOA record, as <see cref="TryWriteAddress"/> does.</summary>
    public bool TryWriteSoa(DnsSection section, DnsName name, uint ttlSeconds, in DnsSoa soa)
    {
        int start = Length;
        return TryBegin(name, DnsType.Soa, DnsQuestion.Internet, ttlSeconds, out int lengthAt)
            && TryName(soa.PrimaryServer, compress: true)
            && TryName(soa.Mailbox, compress: true)
            && TryUInt32(soa.Serial)
            && TryUInt32(soa.RefreshSeconds)
            && TryUInt32(soa.RetrySeconds)
            && TryUInt32(soa.ExpireSeconds)
            && TryUInt32(soa.MinimumSeconds)
            && End(lengthAt, section)
            || Undo(start);
    }

    /// <summary>Writes a TXT record of one text, as <see cref="TryWriteAddress"/> does.</summary>
    /// <exception cref="ArgumentException">The text has more than 255 bytes.</exception>
    public bool TryWriteText(DnsSection section, DnsName name, uint ttlSeconds, scoped ReadOnlySpan<byte> text)
    {
        Span<byte> data = stackalloc byte[256];
        data[0] = (byte)text.Length;
        text.CopyTo(data[1..]);
        return TryWriteRecord(section, name, DnsType.Txt, DnsQuestion.Internet, ttlSeconds, data[..(text.Length + 1)]);
    }

    /// <summary>Writes the OPT record (RFC 6891 6.1.2). Once in a message.</summary>
    /// <param name="edns">What it says.</param>
    /// <param name="options">Its options as they are on the wire; none unless given.</param>
    /// <returns>False: it does not fit.</returns>
    public bool TryWriteEdns(in DnsEdns edns, scoped ReadOnlySpan<byte> options = default) => TryWriteRecord(
        DnsSection.Additional,
        DnsName.Root,
        DnsType.Opt,
        edns.UdpBytes,
        ((uint)edns.ExtendedCode << 24) | ((uint)edns.Version << 16) | (edns.DnssecOk ? 0x8000u : 0),
        options);

    /// <summary>Writes a record of any type, as <see cref="TryWriteAddress"/> does.</summary>
    public bool TryWriteRecord(
        DnsSection section, DnsName name, DnsType type, ushort @class, uint ttlSeconds, scoped ReadOnlySpan<byte> data)
    {
        int start = Length;
        return TryBegin(name, type, @class, ttlSeconds, out int lengthAt) && TryBytes(data) && End(lengthAt, section) || Undo(start);
    }

    private bool TryBegin(DnsName name, DnsType type, ushort @class, uint ttlSeconds, out int lengthAt)
    {
        bool fits = TryName(name, compress: true)
            && TryUInt16((ushort)type)
            && TryUInt16(@class)
            && TryUInt32(ttlSeconds)
            && TryUInt16(0);
        lengthAt = Length - 2;
        return fits;
    }

    private readonly bool End(int lengthAt, DnsSection section)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[lengthAt..], (ushort)(Length - lengthAt - 2));
        return Count(6 + ((int)section * 2));
    }

    private readonly bool Count(int at)
    {
        ushort count = BinaryPrimitives.ReadUInt16BigEndian(_buffer[at..]);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[at..], (ushort)(count + 1));
        return true;
    }

    private bool Undo(int start)
    {
        Length = start;
        _suffixes.ForgetFrom(start);
        return false;
    }

    private bool TryName(DnsName name, bool compress)
    {
        ReadOnlySpan<byte> wire = name.Wire;
        int at = 0;
        while (wire[at] != 0)
        {
            if (compress && _suffixes.Find(_buffer[..Length], wire[at..]) is int found and > 0)
            {
                return TryUInt16((ushort)(0xC000 | found));
            }

            int size = wire[at] + 1;
            int offset = Length;
            if (!TryBytes(wire.Slice(at, size)))
            {
                return false;
            }

            // Only once it is written in full does a name end where a pointer may lead to; until then nobody looks.
            _suffixes.Add(offset);
            at += size;
        }

        return TryBytes([0]);
    }

    private bool TryUInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return TryBytes(bytes);
    }

    private bool TryUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return TryBytes(bytes);
    }

    private bool TryBytes(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Free)
        {
            return false;
        }

        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
        return true;
    }
}
