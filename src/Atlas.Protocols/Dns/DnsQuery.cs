namespace Atlas.Protocols.Dns;

/// <summary>A message as a server reads it: whether it is one question, and what its OPT record says. Lent: the cookie is
/// read out of the message. Records beside the OPT record are looked at only for whether they are well-formed.</summary>
public readonly ref struct DnsQuery
{
    private DnsQuery(DnsHeader header, DnsQueryStatus status)
    {
        Header = header;
        Status = status;
    }

    /// <summary>What can be made of it.</summary>
    public DnsQueryStatus Status { get; private init; }

    /// <summary>Its header; not that of one which is ignored.</summary>
    public DnsHeader Header { get; private init; }

    /// <summary>Whether it has one question that can be read, which answers repeat.</summary>
    public bool HasQuestion { get; private init; }

    /// <summary>The question, in the letters that it came in.</summary>
    public DnsQuestion Question { get; private init; }

    /// <summary>Whether it has an OPT record, so that the answer has one.</summary>
    public bool HasEdns { get; private init; }

    /// <summary>What the OPT record says.</summary>
    public DnsEdns Edns { get; private init; }

    /// <summary>The client's cookie, and the server's after it if the client has one (RFC 7873 4); empty: there is none.</summary>
    public ReadOnlySpan<byte> Cookie { get; private init; }

    /// <summary>Reads a message. Never throws. O(message).</summary>
    /// <param name="message">The whole message, without the length that TCP puts before it.</param>
    public static DnsQuery Read(ReadOnlySpan<byte> message)
    {
        if (!DnsMessageReader.TryBegin(message, out DnsMessageReader reader) || reader.Header.IsResponse)
        {
            return new DnsQuery(default, DnsQueryStatus.Ignored);
        }

        bool hasQuestion = reader.TryReadQuestion(out DnsQuestion question) && reader.Questions == 1;
        bool hasEdns = false;
        DnsEdns edns = default;
        ReadOnlySpan<byte> cookie = default;
        bool isWellFormed = true;
        while (reader.TryReadRecord(out DnsRecord record))
        {
            if (record.Type != DnsType.Opt)
            {
                continue;
            }

            // One, and of the root (RFC 6891 6.1.1).
            if (hasEdns || !record.TryReadEdns(out DnsEdns read))
            {
                isWellFormed = false;
                continue;
            }

            (hasEdns, edns) = (true, read);
            isWellFormed &= edns.Version > 0 || TryFindCookie(record.Data, out cookie);
        }

        isWellFormed &= reader.IsAtEnd;
        return new DnsQuery(reader.Header, DnsQueryStatus.Question)
        {
            Status = reader.Header.Opcode != 0 ? DnsQueryStatus.UnknownOpcode
                : hasEdns && edns.Version > 0 ? DnsQueryStatus.UnknownVersion
                : !isWellFormed ? DnsQueryStatus.Malformed
                : hasQuestion ? DnsQueryStatus.Question
                : reader.Questions == 0 && !cookie.IsEmpty ? DnsQueryStatus.CookieOnly
                : DnsQueryStatus.Malformed,
            HasQuestion = hasQuestion,
            Question = question,
            HasEdns = hasEdns,
            Edns = edns,
            Cookie = isWellFormed ? cookie : default,
        };
    }

    // Of several, the first (RFC 7873 5.2).
    private static bool TryFindCookie(ReadOnlySpan<byte> options, out ReadOnlySpan<byte> cookie)
    {
        cookie = default;
        var reader = new DnsOptionReader(options);
        while (reader.TryRead(out DnsOption option, out ReadOnlySpan<byte> value))
        {
            if (option == DnsOption.Cookie && cookie.IsEmpty)
            {
                if (!DnsCookies.IsWellFormed(value))
                {
                    return false;
                }

                cookie = value;
            }
        }

        return !reader.IsMalformed;
    }
}
