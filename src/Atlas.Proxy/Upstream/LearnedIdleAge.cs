namespace Atlas.Proxy.Upstream;

/// <summary>Learns after how long a server closes idle connections, from the closes that it sees, so that later ones are
/// given up before the server does. One close proves nothing (the server may have restarted); closes in a row at the same age
/// do.</summary>
internal struct LearnedIdleAge
{
    /// <summary>Closes in a row at the same age that are believed.</summary>
    internal const int Proof = 3;

    /// <summary>How far ages may lie apart: timers of servers are coarse.</summary>
    internal const int ToleranceMs = 500;

    /// <summary>How much earlier than the server the proxy lets go; half the age where that is less.</summary>
    internal const int MarginMs = 4_000;

    private long _ageMs;
    private int _count;

    /// <summary>Milliseconds that a connection may idle; <see cref="int.MaxValue"/> while nothing is known.</summary>
    internal readonly int LimitMs => _count < Proof ? int.MaxValue : (int)Math.Max(_ageMs / 2, _ageMs - MarginMs);

    /// <summary>The server closed a connection that had idled for this long.</summary>
    internal void ServerClosed(long ageMs)
    {
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
