namespace Atlas.Core.Balancing;

/// <summary>Finds the candidate with the least product of a latency and a load. One whose latency is not known counts as the
/// average of those whose latency is, and wins where it is equal to the best of them, so that it becomes known. Of equal ones
/// the first wins.</summary>
internal struct LatencyContest()
{
    // Of a positive double the bits, taken as a number, have the same order, and numbers are compared without a branch, which
    // would be guessed wrong as often as not.
    private long _leastBits = BitConverter.DoubleToInt64Bits(double.PositiveInfinity);
    private int _soonest = -1;
    private double _latencies;
    private int _known;
    private double _leastLoad = double.PositiveInfinity;
    private int _leastLoaded = -1;

    /// <summary>Who won; -1: nobody entered.</summary>
    internal readonly int Soonest => _leastLoaded < 0 || Least < _leastLoad * Average ? _soonest : _leastLoaded;

    private readonly double Least => BitConverter.Int64BitsToDouble(_leastBits);

    private readonly double Average => _known > 0 ? _latencies / _known : 1;

    /// <summary>Takes a candidate.</summary>
    /// <param name="index">What <see cref="Soonest"/> says if it wins, at least 0.</param>
    /// <param name="latencyUs">Its latency; 0: not known.</param>
    /// <param name="load">Its requests for its weight, above 0.</param>
    internal void Enter(int index, double latencyUs, double load)
    {
        if (latencyUs > 0)
        {
            long bits = BitConverter.DoubleToInt64Bits(latencyUs * load);
            long isLess = (bits - _leastBits) >> 63;
            _leastBits ^= (_leastBits ^ bits) & isLess;
            _soonest ^= (_soonest ^ index) & (int)isLess;
            _latencies += latencyUs;
            _known++;
        }
        else if (load < _leastLoad)
        {
            _leastLoad = load;
            _leastLoaded = index;
        }
    }
}
