using System.Net;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>What a lookup brought.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">Who said so, and what: <c>10.0.0.53:53: NXDOMAIN</c>. A few words without a line end.</param>
public sealed record LookupResult(LookupOutcome Outcome, string Detail)
{
    /// <summary>How long it holds, in ms; of an answer that something is not there, too. <see cref="long.MaxValue"/>: no one
    /// said.</summary>
    public long TtlMs { get; init; } = long.MaxValue;

    /// <summary>The addresses, of questions for A and AAAA.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The services, of questions for SRV.</summary>
    public IReadOnlyList<DnsSrv> Services { get; init; } = [];

    /// <summary>Whether somebody who knows said that there are no records.</summary>
    public bool IsNegative => Outcome is LookupOutcome.NoSuchName or LookupOutcome.NoRecords;

    /// <summary>Whether nothing was found out.</summary>
    public bool IsFailure => Outcome != LookupOutcome.Answered && !IsNegative;
}
