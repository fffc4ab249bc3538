namespace Atlas.Proxy.Upstream;

/// <summary>Learns after how long a server closes idle connections, from the closes that it sees, so that later ones are
/// given up before the server does. One close proves nothing, and neither do many that come together: the server may have
/// restarted. Closes in a row at the same age, at different times, do; for a while.</summary>
internal struct LearnedIdleAge
{
    /// <summary>Closes in a row at the same age that are believed.</summary>
    internal const int Proof = 3;

    /// <summary>How far ages may lie apart: timers of servers are coarse.</summary>
    internal const int ToleranceMs = 500;

    /// <summary>How much earlier than the server the proxy lets go; half the age where that is less.</summary>
    internal const int MarginMs = 4_000;

    /// <summary>Ages that teach nothing: no server closes idle connections so soon.</summary>
    internal const int MinAgeMs = 1_000;

    /// <summary>How long what was learned holds, so that a mistake ends.</summary>
    internal const int HoldsMs = 600_000;

    private long _ageMs;
    private long _lastCloseMs;
    private int _count;

    /// <summary>Milliseconds that a connection may idle; <see cref="int.MaxValue"/> while nothing is known.</summary>
    internal readonly int LimitMs(long nowMs) => _count < Proof || nowMs - _lastCloseMs > HoldsMs
        ? int.MaxValue
        : (int)Math.Max(_ageMs / 2, _ageMs - MarginMs);

    /// <summary>The server closed a connection that had idled for this long.</summary>
    internal void ServerClosed(long ageMs, long nowMs)
    {
        bool together = _count > 0 && nowMs - _lastCloseMs < ToleranceMs;
        bool forgotten = _count > 0 && nowMs - _lastCloseMs > HoldsMs;
        _lastCloseMs = nowMs;
        if (together || ageMs < MinAgeMs)
        {
            return;
        }

        _count = forgotten ? 0 : _count;
        if (_count > 0 && Math.Abs(ageMs - _ageMs) <= ToleranceMs)
        {
            _ageMs = Math.Min(_ageMs, ageMs);
            _count = Math.Min(_count + 1, Proof);
        }
        else if (_count < Proof || ageMs < _ageMs)
        {
            _ageMs = Math.Min(ageMs, int.MaxValue);
            _count = 1;
        }
    }
}
