using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Discovery;

/// <summary>
/// What is known of the records of a name: immutable.
/// <code>
///   a lookup brings            records                 since
///   records                    these                   now
///   NXDOMAIN, no records       those before for 30 s   unchanged, until they are none
///   SERVFAIL, silence, noise   those before            unchanged
/// </code>
/// What is not there must be said twice, 30 s apart, without records in between: a zone that is loaded anew, or a resolver that
/// lost its way, says so for a moment. Where nothing is known, it holds at once.
/// </summary>
internal sealed record NameState
{
    /// <summary>How long records outlive that they are said not to be there: HAProxy's <c>hold nx</c>.</summary>
    internal const int HoldMs = 30_000;

    private const int MinDelayMs = 1_000;

    // The longest of 1, 2, 4, … seconds between tries that fail.
    private const int MaxFailureShift = 6;

    /// <summary>The last lookup that brought records; null: none did, or they are gone.</summary>
    internal LookupResult? Answer { get; private init; }

    /// <summary>When records came last, by the clock of <see cref="After"/>; means nothing unless <see cref="HasAnswered"/>.</summary>
    internal long AnsweredAtMs { get; private init; }

    /// <summary>Whether there ever were records.</summary>
    internal bool HasAnswered { get; private init; }

    /// <summary>The last lookup; null: none has ended.</summary>
    internal LookupResult? Last { get; private init; }

    /// <summary>When the records were first said not to be there; null: they were not, since there were records.</summary>
    internal long? AbsentSinceMs { get; private init; }

    /// <summary>Lookups in a row that failed: that records are not there is an answer, and the next failure is tried again soon.</summary>
    internal int Failures { get; private init; }

    /// <summary>Whether it is certain that there are no records.</summary>
    internal bool IsAbsent => Answer is null && AbsentSinceMs is not null;

    /// <summary>What is known after one more lookup.</summary>
    /// <param name="result">What it brought.</param>
    /// <param name="nowMs">When, by a clock that never goes back.</param>
    internal NameState After(LookupResult result, long nowMs)
    {
        if (result.Outcome == LookupOutcome.Answered)
        {
            return new NameState { Answer = result, AnsweredAtMs = nowMs, HasAnswered = true, Last = result };
        }

        long? absentSinceMs = AbsentSinceMs ?? (result.IsNegative ? nowMs : null);
        bool isOver = result.IsNegative && nowMs - absentSinceMs >= HoldMs;
        return this with
        {
            Answer = isOver ? null : Answer,
            Last = result,
            AbsentSinceMs = absentSinceMs,
            Failures = result.IsFailure ? Math.Min(Failures + 1, MaxFailureShift + 1) : 0,
        };
    }

    /// <summary>Milliseconds until the next lookup: what the answer lives, between 1 s and <paramref name="refreshMs"/>; after a
    /// failure 1 s, then twice that each time. Up to a tenth less by chance, so that names do not meet.</summary>
    /// <param name="refreshMs">The longest time between lookups.</param>
    /// <param name="nowMs">The time, as for <see cref="After"/>.</param>
    /// <param name="random">From 0 to below 1.</param>
    internal int NextDelayMs(int refreshMs, long nowMs, double random)
    {
        long wanted = Last is null or { IsFailure: false } ? Last?.TtlMs ?? 0 : (long)MinDelayMs << (Failures - 1);
        if (Answer is not null && AbsentSinceMs is long since)
        {
            // Said again as soon as it counts.
            wanted = Math.Min(wanted, Math.Max(since + HoldMs - nowMs, 0));
        }

        double delay = Math.Min(wanted, refreshMs) * (1 - (random / 10));
        return (int)Math.Max(delay, MinDelayMs);
    }
}
