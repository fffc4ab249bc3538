namespace Atlas.Proxy.Http;

/// <summary>How fast one end of a transfer is, so that an end that is slow is told from one that is held up: only the time
/// spent waiting for this end counts. Each byte earns the time that it may take at the minimum rate, up to the idle time, and
/// waiting spends it; who begins has <see cref="GraceMs"/>. Too slow is who has none left, or moved nothing at all for the
/// idle time. A transfer that keeps moving has no limit.</summary>
internal sealed class TransferPace
{
    /// <summary>Milliseconds of waiting before the minimum counts; Kestrel takes 5 s, mobile networks pause longer.</summary>
    internal const int GraceMs = 10_000;

    /// <summary>Pieces that one transfer moves before the other connections of its worker have their turn: with the large
    /// buffer 2 MiB, about a millisecond.</summary>
    internal const int PiecesPerTurn = 16;

    private int _pieces;
    private int _idleMs;
    private int _bytesPerSecond;
    private long _creditMs;

    /// <summary>Bytes that moved.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The loop's time at which the last bytes moved, or the transfer began.</summary>
    internal long MovedAtMs { get; private set; }

    /// <summary>Whether the last wait ended since this end was too slow.</summary>
    internal bool IsTooSlow { get; set; }

    /// <summary>Begins a transfer.</summary>
    /// <param name="nowMs">The loop's time.</param>
    /// <param name="idleMs">Milliseconds without a byte that are too long; <see cref="int.MaxValue"/> for none.</param>
    /// <param name="bytesPerSecond">The minimum; 0 for none.</param>
    internal void Begin(long nowMs, int idleMs, int bytesPerSecond)
    {
        _idleMs = idleMs;
        _bytesPerSecond = bytesPerSecond;
        _creditMs = GraceMs;
        Bytes = 0;
        MovedAtMs = nowMs;
        IsTooSlow = false;
    }

    /// <summary>Begins to count from now on; bytes that moved stay.</summary>
    internal void Restart(long nowMs)
    {
        _creditMs = GraceMs;
        MovedAtMs = nowMs;
    }

    /// <summary>Goes on with other limits.</summary>
    internal void ChangeLimits(int idleMs, int bytesPerSecond)
    {
        _idleMs = idleMs;
        _bytesPerSecond = bytesPerSecond;
    }

    /// <summary>Counts bytes that moved.</summary>
    internal void Moved(int bytes, long nowMs)
    {
        Bytes += bytes;
        MovedAtMs = nowMs;
        if (_bytesPerSecond > 0)
        {
            // What the kernel buffers moves at once: without a bound it would allow hours of waiting.
            int most = _idleMs == int.MaxValue ? GraceMs : Math.Max(GraceMs, _idleMs);
            _creditMs = Math.Min(most, _creditMs + (bytes * 1000L / _bytesPerSecond));
        }
    }

    /// <summary>Whether it is the others' turn, after a piece that was moved without waiting.</summary>
    internal bool ShouldYield() => ++_pieces % PiecesPerTurn == 0;

    /// <summary>Counts time that was spent waiting for this end.</summary>
    internal void Waited(long ms) => _creditMs -= ms;

    /// <summary>The time at which a wait that begins now makes this end too slow.</summary>
    internal long DeadlineMs(long nowMs)
    {
        long idle = _idleMs == int.MaxValue ? long.MaxValue : nowMs + _idleMs;
        if (_bytesPerSecond == 0)
        {
            return idle;
        }

        return Math.Min(idle, nowMs + Math.Max(0, _creditMs));
    }
}
