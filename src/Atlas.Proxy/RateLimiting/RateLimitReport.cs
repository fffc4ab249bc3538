using Atlas.Core.RateLimiting;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.RateLimiting;

/// <summary>What a client is told of its rate limit: the three fields of draft-ietf-httpapi-ratelimit-headers, as its versions up to 6
/// have them. The default value: there is no limit.</summary>
/// <param name="limit">How many requests may pass at once.</param>
/// <param name="decision">What was decided of the request.</param>
internal readonly struct RateLimitReport(int limit, RateDecision decision)
{
    private const long SecondUs = 1_000_000;

    private static ReadOnlySpan<byte> LimitName => "ratelimit-limit"u8;

    private static ReadOnlySpan<byte> RemainingName => "ratelimit-remaining"u8;

    private static ReadOnlySpan<byte> ResetName => "ratelimit-reset"u8;

    /// <summary>Whether there is a limit.</summary>
    internal bool IsPresent => limit > 0;

    /// <summary>Whole seconds after which a request that was refused may pass, at least 1.</summary>
    internal long RetryAfterSeconds => Math.Max(Seconds(decision.RetryAfterUs), 1);

    /// <summary>Whether a field is one of the three, in whatever case.</summary>
    internal static bool IsField(ReadOnlySpan<byte> name) =>
        name.Length >= ResetName.Length
        && (System.Text.Ascii.EqualsIgnoreCase(name, LimitName)
            || System.Text.Ascii.EqualsIgnoreCase(name, RemainingName)
            || System.Text.Ascii.EqualsIgnoreCase(name, ResetName));

    /// <summary>Writes the fields, but for those that a route's rules drop.</summary>
    internal void Write(ref HeadWriter writer, HeaderRules rules)
    {
        if (IsPresent)
        {
            Write(ref writer, rules, LimitName, limit);
            Write(ref writer, rules, RemainingName, decision.Remaining);
            Write(ref writer, rules, ResetName, Seconds(decision.ResetUs));
        }
    }

    private static void Write(ref HeadWriter writer, HeaderRules rules, ReadOnlySpan<byte> name, long value)
    {
        if (!rules.Drop(new HeaderField(new Slice(0, name.Length), default, KnownHeader.None), name))
        {
            writer.Field(name, value);
        }
    }

    private static long Seconds(long us) => (us + SecondUs - 1) / SecondUs;
}
