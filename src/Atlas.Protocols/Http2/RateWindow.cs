using System.Runtime.InteropServices;

namespace Atlas.Protocols.Http2;

/// <summary>Counts what happens in a period, which begins with the first event after the one before ended.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RateWindow
{
    private long _endMs;
    private int _count;

    /// <summary>Counts an event.</summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="limit">The most in a period.</param>
    /// <param name="periodMs">The period.</param>
    /// <param name="weight">For how many it counts.</param>
    /// <returns>Whether it is one too many.</returns>
    public bool Exceeds(long nowMs, int limit, int periodMs, int weight = 1)
    {
        if (_count == 0 || nowMs >= _endMs)
        {
            _endMs = nowMs + periodMs;
            _count = 0;
        }

        _count += weight;
        return _count > limit;
    }

    /// <summary>Makes room for one more in the period at hand.</summary>
    public void Forgive() => _count = Math.Max(_count - 1, 0);
}
