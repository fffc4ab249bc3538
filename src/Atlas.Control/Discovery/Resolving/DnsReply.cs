using System.Net;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>Reads what a message answers to a question.</summary>
internal static class DnsReply
{
    /// <summary>The most names that lead from one to the next (RFC 1034 3.6.2 has no bound; BIND's is 16).</summary>
    internal const int MaxAliases = 8;

    /// <summary>The most records that are taken of an answer; further ones are left out.</summary>
    internal const int MaxRecords = 256;

    /// <summary>Whether a message answers a question: its id, and the question as it was asked (RFC 5452 9.1).</summary>
    internal static bool Answers(ReadOnlySpan<byte> message, ushort id, in DnsQuestion question)
    {
        if (!DnsMessageReader.TryBegin(message, out DnsMessageReader reader)
            || reader.Header is not { IsResponse: true, Opcode: 0 }
            || reader.Header.Id != id)
        {
            return false;
        }

        // A server that could not read the question cannot repeat it.
        return reader.Questions == 0
            ? reader.Header.ResponseCode is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented
            : reader.Questions == 1 && reader.TryReadQuestion(out DnsQuestion asked) && asked.Equals(question);
    }

    /// <summary>What a message says.</summary>
    /// <param name="message">One that <see cref="Answers"/> the question.</param>
    /// <param name="question">The question.</param>
    /// <param name="server">Who sent it, for words.</param>
    /// <param name="alias">The name that has to be asked for to go on; null: the result is final.</param>
    internal static LookupResult Read(ReadOnlySpan<byte> message, in DnsQuestion question, string server, out DnsName? alias)
    {
        alias = null;
        var found = new DnsReplyRecords(question);
        DnsMessageReader.TryBegin(message, out DnsMessageReader reader);
        DnsResponseCode code = reader.Header.ResponseCode;
        while (reader.TryReadRecord(out DnsRecord record))
        {
            found.Take(record);
        }

        if (code is not (DnsResponseCode.NoError or DnsResponseCode.NoSuchName))
        {
            return new LookupResult(LookupOutcome.ServerFailure, $"{server}: {TextOf(code)}");
        }

        if (reader.IsMalformed || found.IsMalformed)
        {
            return new LookupResult(LookupOutcome.Malformed, $"{server}: the answer is malformed");
        }

        if (code == DnsResponseCode.NoSuchName)
        {
            return new LookupResult(LookupOutcome.NoSuchName, $"{server}: NXDOMAIN") { TtlMs = found.NegativeTtlMs };
        }

        if (!found.TryFollow(MaxAliases, out DnsName name, out long ttlMs))
        {
            return new LookupResult(LookupOutcome.Malformed, $"{server}: more than {MaxAliases} aliases in a row");
        }

        IReadOnlyList<IPAddress> addresses = found.AddressesOf(name, ref ttlMs);
        IReadOnlyList<DnsSrv> services = found.ServicesOf(name, ref ttlMs);
        if (addresses.Count + services.Count > 0)
        {
            return new LookupResult(LookupOutcome.Answered, server) { TtlMs = ttlMs, Addresses = addresses, Services = services };
        }

        if (!found.HasSoa && reader.Header is { IsAuthoritative: false, RecursionAvailable: false })
        {
            // A referral, or nothing at all: it has not looked (RFC 2308 2.2, whose type 3 only a resolver may take for "no data").
            return new LookupResult(LookupOutcome.ServerFailure, $"{server}: it does not look names up for others");
        }

        alias = !name.Equals(question.Name) && !found.HasSoa ? name : null;
        return new LookupResult(LookupOutcome.NoRecords, $"{server}: no {question.Type.ToString().ToUpperInvariant()} record")
        {
            TtlMs = alias is null ? found.NegativeTtlMs : ttlMs,
        };
    }

    private static string TextOf(DnsResponseCode code) => code switch
    {
        DnsResponseCode.FormatError => "FORMERR",
        DnsResponseCode.ServerFailure => "SERVFAIL",
        DnsResponseCode.NotImplemented => "NOTIMP",
        DnsResponseCode.Refused => "REFUSED",
        DnsResponseCode.NoError or DnsResponseCode.NoSuchName or DnsResponseCode.BadVersion or _ => $"response code {(int)code}",
    };
}
