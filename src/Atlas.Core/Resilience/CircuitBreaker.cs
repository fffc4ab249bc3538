using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Core.Resilience;

/// <summary>
/// Keeps requests from a pool while too many fail (the pattern of M. Nygard, "Release It!", 2007). All workers share it; any
/// thread may call, without locks and allocations.
/// <code>
///   state     what happens                                          becomes
///   Closed    a failure, and error_rate of min_requests of the      Open, for open_for
///             window are failures
///   Open      a request, before open_for is over                    Open; the request is refused
///   Open      a request, after it                                   HalfOpen; the request is the probe
///   HalfOpen  a request, less than open_for after the last probe    HalfOpen; the request is refused
///   HalfOpen  a request, after it, or after the probe said nothing  HalfOpen; the request is another probe
///   HalfOpen  a probe succeeded                                     Closed, with an empty window
///   HalfOpen  a probe failed                                        Open, for open_for
/// </code>
/// So a probe whose outcome never comes holds up the next for <c>open_for</c> at most. Outcomes of requests that another state
/// let through are ignored.
/// </summary>
public sealed class CircuitBreaker
{
    // state 2 | epoch 20 | milliseconds 42 (139 years): until when it is open, or the last probe is waited for.
    private const int TimeBits = 42;
    private const int EpochBits = 20;
    private const int StateShift = TimeBits + EpochBits;
    private const ulong TimeMask = (1UL << TimeBits) - 1;
    private const ulong EpochMask = (1UL << EpochBits) - 1;

    private readonly OutcomeWindow _window;
    private ulong _word = Pack(CircuitState.Closed, 0, 0);

    // For the operator only: they may be those of the change before for a moment.
    private long _sinceMs;
    private long _failures;
    private long _total;

    /// <summary>A closed one with an empty window.</summary>
    /// <param name="config">The pool's settings.</param>
    public CircuitBreaker(CircuitBreakerConfig config)
    {
        Config = config;
        _window = new OutcomeWindow(Math.Max(config.WindowMs / OutcomeWindow.CellCount, 1));
    }

    /// <summary>Its settings. A reload that does not change them keeps the breaker.</summary>
    public CircuitBreakerConfig Config { get; }

    /// <summary>Whether it lets requests pass. Any thread.</summary>
    public CircuitState State => StateOf(Volatile.Read(ref _word));

    /// <summary>What it does now, and why. Any thread.</summary>
    public CircuitReport Look(long nowMs)
    {
        ulong seen = Volatile.Read(ref _word);
        bool isReady = StateOf(seen) == CircuitState.Open && nowMs >= UntilOf(seen);
        return new CircuitReport(
            isReady ? CircuitState.HalfOpen : StateOf(seen),
            isReady ? UntilOf(seen) : Volatile.Read(ref _sinceMs),
            RetryAfterMs(nowMs),
            Volatile.Read(ref _failures),
            Volatile.Read(ref _total),
            Config.WindowMs);
    }

    /// <summary>Milliseconds until a request may pass; 0: at once. Any thread.</summary>
    public long RetryAfterMs(long nowMs)
    {
        ulong seen = Volatile.Read(ref _word);
        return StateOf(seen) == CircuitState.Closed ? 0 : Math.Max(UntilOf(seen) - nowMs, 0);
    }

    /// <summary>Asks whether a request may go to a server. O(1).</summary>
    /// <param name="nowMs">Milliseconds of a monotonic clock.</param>
    public CircuitPass TryPass(long nowMs)
    {
        while (true)
        {
            ulong seen = Volatile.Read(ref _word);
            CircuitState state = StateOf(seen);
            if (state == CircuitState.Closed)
            {
                return new CircuitPass(IsAllowed: true, IsProbe: false, IsFirstProbe: false, EpochOf(seen));
            }

            if (nowMs < UntilOf(seen))
            {
                return default;
            }

            // Further probes of a half-open breaker are of the same epoch: whichever ends first decides.
            bool isFirst = state == CircuitState.Open;
            int epoch = EpochOf(seen) + (isFirst ? 1 : 0);
            ulong next = Pack(CircuitState.HalfOpen, epoch, nowMs + Config.OpenForMs);
            if (Interlocked.CompareExchange(ref _word, next, seen) == seen)
            {
                if (isFirst)
                {
                    Volatile.Write(ref _sinceMs, nowMs);
                }

                return new CircuitPass(IsAllowed: true, IsProbe: true, isFirst, EpochOf(next));
            }
        }
    }

    /// <summary>Tells how a request ended that was let through. O(1).</summary>
    /// <param name="pass">What <see cref="TryPass"/> said to it.</param>
    /// <param name="outcome">Of its last attempt; none, where it says nothing of the servers.</param>
    /// <param name="nowMs">Milliseconds of a monotonic clock.</param>
    /// <returns>The state that it changed to; null: it did not change.</returns>
    public CircuitState? Report(CircuitPass pass, ServerOutcome outcome, long nowMs)
    {
        ulong seen = Volatile.Read(ref _word);
        if (!pass.IsAllowed || EpochOf(seen) != pass.Epoch)
        {
            return null;
        }

        return StateOf(seen) == CircuitState.Closed
            ? Count(seen, outcome, nowMs)
            : Conclude(pass, outcome, nowMs);
    }

    private CircuitState? Count(ulong seen, ServerOutcome outcome, long nowMs)
    {
        if (outcome == ServerOutcome.Success)
        {
            _window.AddSuccess(nowMs);
        }

        if (!outcome.IsFailure())
        {
            return null;
        }

        _window.AddFailure(nowMs, clientKey: 0);
        (long total, long failures, _) = _window.Read(nowMs);
        return total >= Config.MinRequests && failures >= Config.ErrorRateShare * total ? Open(seen, nowMs, failures, total) : null;
    }

    private CircuitState? Conclude(CircuitPass pass, ServerOutcome outcome, long nowMs)
    {
        while (true)
        {
            ulong seen = Volatile.Read(ref _word);
            if (StateOf(seen) != CircuitState.HalfOpen || EpochOf(seen) != pass.Epoch)
            {
                return null;
            }

            if (outcome.IsFailure())
            {
                if (Open(seen, nowMs, failures: 1, total: 0) is CircuitState open)
                {
                    return open;
                }
            }
            else if (outcome == ServerOutcome.Success)
            {
                _window.Clear();
                if (TryChange(seen, Pack(CircuitState.Closed, pass.Epoch + 1, 0)))
                {
                    Volatile.Write(ref _sinceMs, nowMs);
                    return CircuitState.Closed;
                }
            }
            else if (TryChange(seen, Pack(CircuitState.HalfOpen, pass.Epoch, nowMs)))
            {
                // It said nothing: the next request may be a probe at once.
                return null;
            }
        }
    }

    private CircuitState? Open(ulong seen, long nowMs, long failures, long total)
    {
        if (!TryChange(seen, Pack(CircuitState.Open, EpochOf(seen) + 1, nowMs + Config.OpenForMs)))
        {
            return null;
        }

        Volatile.Write(ref _sinceMs, nowMs);
        Volatile.Write(ref _failures, failures);
        Volatile.Write(ref _total, total);
        return CircuitState.Open;
    }

    private bool TryChange(ulong seen, ulong next) => Interlocked.CompareExchange(ref _word, next, seen) == seen;

    private static ulong Pack(CircuitState state, int epoch, long untilMs) =>
        ((ulong)state << StateShift) | (((ulong)epoch & EpochMask) << TimeBits) | ((ulong)untilMs & TimeMask);

    private static CircuitState StateOf(ulong word) => (CircuitState)(word >> StateShift);

    private static int EpochOf(ulong word) => (int)((word >> TimeBits) & EpochMask);

    private static long UntilOf(ulong word) => (long)(word & TimeMask);
}
