using Atlas.Core.HighAvailability;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>What a message is answered with (RFC 1034 4.3.2), before it is written. Pure but for the zone's turns, which are taken when it
/// is written.</summary>
/// <param name="Result">What becomes of it.</param>
/// <param name="Code">The response code.</param>
/// <param name="Name">The name that it is about; null: there is none.</param>
internal readonly record struct DnsPlan(DnsResult Result, DnsResponseCode Code, ZoneName? Name = null)
{
    /// <summary>Whether the zone says so, and not the server for itself.</summary>
    internal bool IsAuthoritative => Result is DnsResult.Answered or DnsResult.NoData or DnsResult.NoSuchName;

    /// <summary>Decides.</summary>
    /// <param name="view">The zone.</param>
    /// <param name="query">A message that is not ignored.</param>
    internal static DnsPlan Of(ZoneView view, in DnsQuery query) => query.Status switch
    {
        DnsQueryStatus.Question => OfQuestion(view, query.Question),
        DnsQueryStatus.UnknownOpcode => new DnsPlan(DnsResult.NotImplemented, DnsResponseCode.NotImplemented),
        DnsQueryStatus.UnknownVersion => new DnsPlan(DnsResult.BadVersion, DnsResponseCode.BadVersion),

        // An answer without records, which has the cookie (RFC 7873 5.4).
        DnsQueryStatus.CookieOnly => new DnsPlan(DnsResult.Answered, DnsResponseCode.NoError),
        DnsQueryStatus.Malformed or DnsQueryStatus.Ignored => new DnsPlan(DnsResult.Malformed, DnsResponseCode.FormatError),
        _ => throw new ArgumentOutOfRangeException(nameof(query)),
    };

    /// <summary>What is equal of answers that are equal to a limit: the name and type of those that have records; all others of a
    /// kind are the same, since names that are not there come without end.</summary>
    internal ulong KindOf(in DnsQuery query) => Name is null || Result is not (DnsResult.Answered or DnsResult.NoData)
        ? (ulong)Result
        : ((ulong)Result << 48) | ((ulong)(uint)Name.Index << 16) | (Result == DnsResult.Answered ? (ushort)query.Question.Type : 0u);

    private static DnsPlan OfQuestion(ZoneView view, in DnsQuestion question)
    {
        if (question.Type == DnsType.Opt)
        {
            return new DnsPlan(DnsResult.Malformed, DnsResponseCode.FormatError);
        }

        if (question.Class != DnsQuestion.Internet
            || !question.Name.IsWithin(view.Zone.Name)
            || question.Type is DnsType.Axfr or DnsType.Ixfr)
        {
            return new DnsPlan(DnsResult.Refused, DnsResponseCode.Refused);
        }

        if (view.Zone.Find(question.Name) is not { } name)
        {
            return new DnsPlan(DnsResult.NoSuchName, DnsResponseCode.NoSuchName);
        }

        bool isApex = question.Name.Equals(view.Zone.Name);
        bool hasRecords = question.Type switch
        {
            DnsType.A or DnsType.Aaaa => !ReferenceEquals(view.TurnsOf(name, question.Type == DnsType.Aaaa), AnswerTurns.Empty),
            DnsType.Soa or DnsType.Ns => isApex,
            DnsType.Any => true,
            _ => false,
        };
        return new DnsPlan(hasRecords ? DnsResult.Answered : DnsResult.NoData, DnsResponseCode.NoError, name);
    }
}
