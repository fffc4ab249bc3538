using Atlas.Core.HighAvailability;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>Answers messages: from the bytes of one to the bytes of the other, without sockets. Any thread; never throws, whatever the
/// message is.</summary>
/// <param name="cookies">The server's cookies.</param>
/// <param name="counters">Counts what becomes of messages.</param>
/// <param name="time">The clock.</param>
internal sealed class DnsResponder(DnsCookies cookies, DnsCounters counters, TimeProvider time)
{
    // "RFC8482" and an empty text (RFC 8482 4.2).
    private static ReadOnlySpan<byte> AnyAnswer => "\u0007RFC8482\0"u8;

    /// <summary>Answers a message.</summary>
    /// <param name="view">The zone.</param>
    /// <param name="limit">The limit of answers; null: there is none. Not for TCP.</param>
    /// <param name="message">What came.</param>
    /// <param name="client">From whom: 4 or 16 bytes.</param>
    /// <param name="isTcp">How.</param>
    /// <param name="buffer">Takes the answer; <see cref="DnsServerLimits.AnswerBytes"/>.</param>
    /// <returns>How many bytes it has; 0: there is none.</returns>
    internal int Respond(
        ZoneView view, ResponseLimit? limit, ReadOnlySpan<byte> message, ReadOnlySpan<byte> client, bool isTcp, Span<byte> buffer)
    {
        DnsQuery query = DnsQuery.Read(message);
        if (query.Status == DnsQueryStatus.Ignored)
        {
            counters.CountIgnored();
            return 0;
        }

        DnsPlan plan = DnsPlan.Of(view, query);
        counters.Count(query.HasQuestion ? query.Question.Type : DnsType.None, plan.Result, isTcp);
        ResponseVerdict verdict = ResponseVerdict.Send;
        if (!isTcp && limit is not null && !IsKnown(query, client))
        {
            verdict = limit.Decide(client, plan.KindOf(query), NowUs());
            counters.CountLimited(verdict, canTruncate: IsOfZone(plan, query));
        }

        return verdict == ResponseVerdict.Drop ? 0 : Write(view, query, plan, client, isTcp, verdict == ResponseVerdict.Truncate, buffer);
    }

    // Only such an answer has records that can be left out. In an error the mark of truncation would say that there are some
    // (RFC 2181 9), and who asks again over TCP would hear the same: it goes out as it is, no larger than what it answers.
    private static bool IsOfZone(in DnsPlan plan, in DnsQuery query) => plan.IsAuthoritative && query.HasQuestion;

    private static bool TryWriteRecords(ref DnsMessageWriter writer, ZoneView view, in DnsPlan plan, in DnsQuestion question)
    {
        if (plan.Result != DnsResult.Answered)
        {
            // How long it may be remembered that something is not there (RFC 2308 3).
            return writer.TryWriteSoa(DnsSection.Authority, view.Zone.Name, view.Zone.TtlSeconds, view.Soa);
        }

        return question.Type switch
        {
            DnsType.A => TryWriteAddresses(ref writer, view, plan.Name!, question.Name, isIPv6: false),
            DnsType.Aaaa => TryWriteAddresses(ref writer, view, plan.Name!, question.Name, isIPv6: true),
            DnsType.Soa => writer.TryWriteSoa(DnsSection.Answer, question.Name, view.Zone.TtlSeconds, view.Soa),
            DnsType.Ns => TryWriteNameServers(ref writer, view, question.Name),
            _ => writer.TryWriteRecord(
                DnsSection.Answer, question.Name, DnsType.Hinfo, DnsQuestion.Internet, view.Zone.TtlSeconds, AnyAnswer),
        };
    }

    // What fits is written, though the answer is marked as truncated then: a client that does not care has addresses.
    private static bool TryWriteAddresses(ref DnsMessageWriter writer, ZoneView view, ZoneName name, DnsName asked, bool isIPv6)
    {
        foreach (byte[] address in AddressesOf(view.TurnsOf(name, isIPv6), name.NextTurn(isIPv6)))
        {
            if (!writer.TryWriteAddress(DnsSection.Answer, asked, name.TtlSeconds, address))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryWriteNameServers(ref DnsMessageWriter writer, ZoneView view, DnsName asked)
    {
        foreach (DnsName server in view.Zone.NameServers)
        {
            if (!writer.TryWriteTarget(DnsSection.Answer, asked, DnsType.Ns, Zone.NameServerTtlSeconds, server))
            {
                return false;
            }
        }

        // Who asks for names of servers asks for their addresses next.
        foreach (DnsName server in view.Zone.NameServers)
        {
            if (view.Zone.Find(server) is { } name)
            {
                WriteGlue(ref writer, view, name, server, isIPv6: false);
                WriteGlue(ref writer, view, name, server, isIPv6: true);
            }
        }

        return true;
    }

    // All addresses of a family or none, and none is no truncation (RFC 2181 9).
    private static void WriteGlue(ref DnsMessageWriter writer, ZoneView view, ZoneName name, DnsName server, bool isIPv6)
    {
        const int fixedBytes = 10;
        AnswerTurns turns = view.TurnsOf(name, isIPv6);
        if (turns.Count * (server.Wire.Length + fixedBytes + (isIPv6 ? 16 : 4)) > writer.Free)
        {
            return;
        }

        foreach (byte[] address in AddressesOf(turns, 0))
        {
            writer.TryWriteAddress(DnsSection.Additional, server, name.TtlSeconds, address);
        }
    }

    private static byte[][] AddressesOf(AnswerTurns turns, ulong turn)
    {
        byte[][] addresses = new byte[turns.Count][];
        turns.CopyTo(turn, addresses);
        return addresses;
    }

    private int Write(
        ZoneView view, in DnsQuery query, in DnsPlan plan, ReadOnlySpan<byte> client, bool isTcp, bool isLimited, Span<byte> buffer)
    {
        var header = new DnsHeader(query.Header.Id, IsResponse: true)
        {
            Opcode = query.Header.Opcode,
            IsAuthoritative = IsOfZone(plan, query),
            RecursionDesired = query.Header.RecursionDesired,
            ResponseCode = (DnsResponseCode)((int)plan.Code & 0xF),
        };
        bool hasCookie = !query.Cookie.IsEmpty;
        int size = isTcp ? DnsServerLimits.AnswerBytes
            : query.HasEdns ? Math.Min((int)query.Edns.UdpBytes, DnsLimits.EdnsUdpBytes)
            : DnsLimits.UdpBytes;
        var writer = new DnsMessageWriter(buffer[..size], header)
        {
            Reserved = !query.HasEdns ? 0 : DnsLimits.EdnsBytes + (hasCookie ? DnsCookies.OptionBytes : 0),
        };
        if (query.HasQuestion)
        {
            writer.TryWriteQuestion(query.Question);
        }

        if (header.IsAuthoritative && (isLimited || !TryWriteRecords(ref writer, view, plan, query.Question)))
        {
            writer.Header = header with { IsTruncated = true };
            counters.CountTruncated();
        }

        if (query.HasEdns)
        {
            Span<byte> cookie = stackalloc byte[DnsCookies.OptionBytes];
            if (hasCookie)
            {
                cookies.WriteOption(query.Cookie, client, NowSeconds(), cookie);
            }

            writer.Reserved = 0;
            writer.TryWriteEdns(
                new DnsEdns(DnsLimits.EdnsUdpBytes, (byte)((int)plan.Code >> 4), DnssecOk: query.Edns.DnssecOk),
                hasCookie ? cookie : default);
        }

        return writer.Length;
    }

    private bool IsKnown(in DnsQuery query, ReadOnlySpan<byte> client) => cookies.IsKnown(query.Cookie, client, NowSeconds());

    private long NowUs() => (long)time.GetElapsedTime(0).TotalMicroseconds;

    private uint NowSeconds() => unchecked((uint)time.GetUtcNow().ToUnixTimeSeconds());
}
