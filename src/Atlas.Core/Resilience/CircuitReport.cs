using System.Globalization;

namespace Atlas.Core.Resilience;

/// <summary>What a circuit breaker does at a moment, for the operator.</summary>
/// <param name="State">Its state; <see cref="CircuitState.HalfOpen"/> also once the time of an open one is over and no request has
/// come since: the next one tries.</param>
/// <param name="SinceMs">When that began, by the clock of its calls; 0: it was never another.</param>
/// <param name="RetryAfterMs">Milliseconds until a request may pass; 0: at once.</param>
/// <param name="Failures">Failures that opened it the last time.</param>
/// <param name="Total">Requests of the window then; 0: it was the request that tried which failed.</param>
/// <param name="WindowMs">Milliseconds of the window.</param>
public readonly record struct CircuitReport(
    CircuitState State, long SinceMs, long RetryAfterMs, long Failures, long Total, int WindowMs)
{
    /// <summary>Why it opened, in words: <c>12 of 20 requests failed in 10s</c>. Empty while it is closed.</summary>
    public string Reason => State == CircuitState.Closed ? ""
        : Total == 0 ? "the request that tried failed"
        : string.Create(CultureInfo.InvariantCulture, $"{Failures} of {Total} requests failed in {WindowMs / 1000.0:0.###}s");
}
