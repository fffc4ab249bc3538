using System.Buffers.Binary;

namespace Atlas.Protocols.Dns;

/// <summary>Reads a message (RFC 1035 4): the header, then the questions, then the records in their order. Nothing is
/// allocated but the names that are asked for. What is malformed ends the reading; what came before it was well-formed.</summary>
public ref struct DnsMessageReader
{
    // Type, class, time to live, length of the data.
    internal const int FixedBytes = 10;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _answers;
    private readonly int _authorities;
    private readonly int _records;
    private int _offset;
    private int _questionsRead;
    private int _recordsRead;

    private DnsMessageReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        Header = DnsHeader.Read(message);
        Questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        _answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        _authorities = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        _records = _answers + _authorities + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        _offset = DnsLimits.HeaderBytes;
    }

    /// <summary>The header.</summary>
    public DnsHeader Header { get; }

    /// <summary>How many questions it says to have.</summary>
    public int Questions { get; }

    /// <summary>Whether reading met what is malformed, such as fewer bytes than the header promises.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether all was read, and nothing follows.</summary>
    public readonly bool IsAtEnd =>
        !IsMalformed && _questionsRead == Questions && _recordsRead == _records && _offset == _message.Length;

    /// <summary>Begins to read.</summary>
    /// <param name="message">The whole message, without the length that TCP puts before it.</param>
    /// <param name="reader">The reader.</param>
    /// <returns>False: it is shorter than a header, or longer than a message can be.</returns>
    public static bool TryBegin(ReadOnlySpan<byte> message, out DnsMessageReader reader)
    {
        bool isMessage = message.Length is >= DnsLimits.HeaderBytes and <= DnsLimits.MessageBytes;
        reader = isMessage ? new DnsMessageReader(message) : default;
        return isMessage;
    }

    /// <summary>Reads the next question.</summary>
    /// <returns>False: there is none, or it is malformed.</returns>
    public bool TryReadQuestion(out DnsQuestion question)
    {
        question = default;
        if (IsMalformed || _questionsRead == Questions)
        {
            return false;
        }

        int offset = _offset;
        if (!DnsNameReader.TryRead(_message, ref offset, out DnsName name) || offset + 4 > _message.Length)
        {
            IsMalformed = true;
            return false;
        }

        ReadOnlySpan<byte> rest = _message[offset..];
        question = new DnsQuestion(
            name, (DnsType)BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
        _offset = offset + 4;
        _questionsRead++;
        return true;
    }

    /// <summary>Reads the next record; questions that were not read are skipped.</summary>
    /// <returns>False: there is none, or it is malformed.</returns>
    public bool TryReadRecord(out DnsRecord record)
    {
        record = default;
        while (_questionsRead < Questions)
        {
            if (!TryReadQuestion(out _))
            {
                return false;
            }
        }

        if (IsMalformed || _recordsRead == _records)
        {
            return false;
        }

        int offset = _offset;
        Span<byte> name = stackalloc byte[DnsLimits.NameBytes];
        if (!DnsNameReader.TryRead(_message, ref offset, name, out _) || offset + FixedBytes > _message.Length)
        {
            IsMalformed = true;
            return false;
        }

        int end = offset + FixedBytes + BinaryPrimitives.ReadUInt16BigEndian(_message[(offset + 8)..]);
        if (end > _message.Length)
        {
            IsMalformed = true;
            return false;
        }

        DnsSection section = _recordsRead < _answers ? DnsSection.Answer
            : _recordsRead < _answers + _authorities ? DnsSection.Authority
            : DnsSection.Additional;
        record = new DnsRecord(_message, _offset, section, offset);
        _offset = end;
        _recordsRead++;
        return true;
    }
}
